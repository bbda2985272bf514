namespace AutoGraph.Experiments;

/// <summary>How much the methods of a table 2 raise GAUC over the plain backbone (last column of paper Table 3).</summary>
internal static class GaucGains
{
    /// <summary>Mean over data sets and backbones of GAUC / GAUC of the plain backbone − 1, means over the seeds that both have; methods without runs are left out, and so are controls.</summary>
    /// <param name="folder">Folder of table 2.</param>
    public static Dictionary<string, double> Of(DirectoryInfo folder)
    {
        if (!folder.Exists) throw new ArgumentException($"--results: expected the folder of a table2, found none at {folder.FullName}.");
        var standard = (Quantizer: FactorCodes.NameOf(default), new RunOptions { Dataset = "" }.Levels);
        var runs = folder.EnumerateFiles("*.json").Where(file => DataSets.Names.Any(name => file.Name.StartsWith(name + "-", StringComparison.Ordinal))).Select(file => RunResult.Read(file.FullName))
            .Where(run => run.Test is not null && run.Without.Length == 0 && run.Quantizer == standard.Quantizer && run.Levels == standard.Levels && run.Codes == RunCommand.Name(Control.Real) && run.Vectors == RunCommand.Name(Control.Real)).ToList();
        string plain = Enhancements.Name(Enhancement.None);
        var plains = runs.Where(run => run.Enhance == plain).GroupBy(run => (run.Dataset, run.Backbone, run.Seed), run => run.Test!.Gauc).ToDictionary(group => group.Key, group => group.Average());
        return runs.Where(run => run.Enhance != plain && plains.ContainsKey((run.Dataset, run.Backbone, run.Seed)))
            .GroupBy(run => (run.Dataset, run.Backbone, run.Enhance))
            .GroupBy(cell => cell.Key.Enhance, cell => cell.Average(run => run.Test!.Gauc) / cell.Average(run => plains[(run.Dataset, run.Backbone, run.Seed)]) - 1).ToDictionary(method => method.Key, method => method.Average());
    }
}
