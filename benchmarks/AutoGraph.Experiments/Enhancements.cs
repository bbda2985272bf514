using System.CommandLine.Parsing;

namespace AutoGraph.Experiments;

/// <summary>Enhancements on the command line and in results, joined by "+".</summary>
internal static class Enhancements
{
    private static readonly Enhancement[] Known = [.. Enum.GetValues<Enhancement>().Where(value => value is not (Enhancement.None or Enhancement.FrozenVectors))];

    public static string Name(Enhancement value) => value == Enhancement.None
        ? RunCommand.Name(value)
        : string.Join('+', Known.Where(part => value.HasFlag(part)).Select(RunCommand.Name));

    public static Enhancement Parse(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (text == Name(Enhancement.None)) return Enhancement.None;
        var value = Enhancement.None;
        foreach (string name in text.Split('+'))
        {
            var part = Array.Find(Known, known => RunCommand.Name(known) == name);
            if (part == Enhancement.None) result.AddError($"--enhance: expected {Name(Enhancement.None)}, or {string.Join(", ", Known.Select(RunCommand.Name))} joined by '+', found '{text}'.");
            value |= part;
        }
        return value;
    }
}
