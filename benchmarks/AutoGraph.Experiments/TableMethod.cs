namespace AutoGraph.Experiments;

/// <summary>A method of a table: an enhancement, or a control of it.</summary>
/// <param name="Name">As on the command line.</param>
/// <param name="Enhance">The enhancement.</param>
/// <param name="Control">"shuffled", "no-factors" or empty.</param>
internal sealed record TableMethod(string Name, Enhancement Enhance, string Control)
{
    public static TableMethod Parse(string text)
    {
        string[] parts = text.Split(':');
        string control = parts.Length == 2 ? parts[1] : "";
        if (parts.Length > 2 || control is not ("" or "shuffled" or "no-factors"))
            throw new ArgumentException($"--methods: expected an enhancement with ':shuffled' or ':no-factors' behind it or nothing, found '{text}'.");
        return new(text, Enhancements.Parse(parts[0]), control);
    }

    /// <summary>The options of this method.</summary>
    public RunOptions Apply(RunOptions options) => options with
    {
        Enhance = Enhance,
        Codes = Control == "shuffled" ? Experiments.Control.Shuffled : Experiments.Control.Real,
        Vectors = Control == "shuffled" ? Experiments.Control.Shuffled : Experiments.Control.Real,
        Without = Control == "no-factors" ? Metapaths.UserSemantic | Metapaths.ItemSemantic : Metapaths.None,
    };
}
