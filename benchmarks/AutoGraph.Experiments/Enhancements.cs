using System.CommandLine;
using System.CommandLine.Parsing;

namespace AutoGraph.Experiments;

/// <summary>Enhancements on the command line and in results, joined by "+".</summary>
internal static class Enhancements
{
    private static readonly Enhancement[] Known = [.. Enum.GetValues<Enhancement>().Where(value => value is not (Enhancement.None or Enhancement.FrozenVectors))];

    public static string Name(Enhancement value) => value == Enhancement.None
        ? RunCommand.Name(value)
        : string.Join('+', Known.Where(part => value.HasFlag(part)).Select(RunCommand.Name));

    /// <exception cref="ArgumentException">A name is not known.</exception>
    public static Enhancement Parse(string text)
    {
        if (Same(text, Name(Enhancement.None))) return Enhancement.None;
        var value = Enhancement.None;
        foreach (string name in text.Split('+'))
        {
            var part = Array.Find(Known, known => Same(RunCommand.Name(known), name));
            value |= part != Enhancement.None ? part
                : throw new ArgumentException($"Expected {Name(Enhancement.None)}, or {string.Join(", ", Known.Select(RunCommand.Name))} joined by '+', found '{text}'.");
        }
        return value;
    }

    /// <summary>The option that chooses them.</summary>
    /// <param name="description">Said before their names.</param>
    /// <param name="standard">What is chosen without the option.</param>
    public static Option<Enhancement> Option(string description, Enhancement standard)
    {
        string[] names = [.. Known.Select(RunCommand.Name)];
        var option = new Option<Enhancement>("--enhance")
        {
            Description = $"{description}: {Name(Enhancement.None)}, or {string.Join(", ", names)} joined by +", DefaultValueFactory = _ => standard, CustomParser = Parse,
        };
        option.OnlyNames([Name(Enhancement.None), .. names]);
        return option;
    }

    private static Enhancement Parse(ArgumentResult result)
    {
        try
        {
            return Parse(result.Tokens[0].Value);
        }
        catch (ArgumentException error)
        {
            result.AddError($"--enhance: {error.Message}");
            return Enhancement.None;
        }
    }

    private static bool Same(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);
}
