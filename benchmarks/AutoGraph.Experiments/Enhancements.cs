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
        if (text == Name(Enhancement.None)) return Enhancement.None;
        var value = Enhancement.None;
        foreach (string name in text.Split('+'))
        {
            var part = Array.Find(Known, known => RunCommand.Name(known) == name);
            value |= part != Enhancement.None ? part
                : throw new ArgumentException($"Expected {Name(Enhancement.None)}, or {string.Join(", ", Known.Select(RunCommand.Name))} joined by '+', found '{text}'.");
        }
        return value;
    }

    public static Enhancement Parse(ArgumentResult result)
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
}
