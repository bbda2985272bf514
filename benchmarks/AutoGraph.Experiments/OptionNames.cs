using System.CommandLine;

namespace AutoGraph.Experiments;

/// <summary>What help shows of an option's values.</summary>
internal static class OptionNames
{
    /// <summary>Help and completions name these values, not the members of the enumeration behind them, of which a parser of its own may refuse some.</summary>
    public static void OnlyNames(this Option option, IReadOnlyCollection<string> names)
    {
        option.CompletionSources.Clear();
        option.CompletionSources.Add([.. names]);
    }
}
