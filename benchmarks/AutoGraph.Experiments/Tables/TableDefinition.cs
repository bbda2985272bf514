using System.CommandLine;

namespace AutoGraph.Experiments;

/// <summary>A table of the paper: which runs it is made of.</summary>
/// <param name="Name">The command.</param>
/// <param name="Title">The report's title.</param>
/// <param name="Description">What the command does.</param>
/// <param name="Methods">Methods without the option, the first being what the others are compared with.</param>
/// <param name="Backbones">Backbones without the option.</param>
/// <param name="Seeds">Seeds without the option.</param>
internal sealed record TableDefinition(string Name, string Title, string Description, string[] Methods, string[] Backbones, int[] Seeds)
{
    /// <summary>The tables that are made of runs.</summary>
    public static IReadOnlyList<TableDefinition> All { get; } =
    [
        new("table2", "Table 2: methods on backbones", "Train and test methods on backbones under several seeds, and compare them",
            ["none", "kar", "uist", "lightgcn", "ccgnn", "topoi2i", "autograph"], ["youtubednn", "mind", "gru4rec", "sasrec"], [1, 2, 3])
        {
            ComparesWithBestOther = true,
        },
        new("table4", "Table 4: metapaths", "Take single metapaths away from AutoGraph",
            ["autograph", "autograph:no-uqu", "autograph:no-iqi", "autograph:no-ui", "none"], ["youtubednn"], [1])
        {
            Labels = new Dictionary<string, string>
            {
                ["autograph:no-uqu"] = "without u→q→u", ["autograph:no-iqi"] = "without i→q→i", ["autograph:no-ui"] = "without u→i and i→u", ["none"] = "N/A (plain backbone)",
            },
        },
        new("table5", "Table 5: what makes the codes", "Make the codes in other ways",
            ["autograph", "autograph:hierarchical", "autograph:lsh", "autograph:residual-kmeans"], ["youtubednn"], [1])
        {
            Labels = new Dictionary<string, string>
            {
                ["autograph"] = "RQ (RQ-VAE)", ["autograph:hierarchical"] = "HC (hierarchical clustering)", ["autograph:lsh"] = "LSH (random projections)", ["autograph:residual-kmeans"] = "residual k-means (not in the paper)",
            },
        },
        new("table6", "Table 6: levels that become factor nodes", "Make factor nodes of one, two or three levels of codes",
            ["autograph", "autograph:levels-1", "autograph:levels-3", "autograph:no-factors", "lightgcn"], ["youtubednn"], [1])
        {
            Labels = new Dictionary<string, string>
            {
                ["autograph"] = "levels 0, 1", ["autograph:levels-1"] = "level 0", ["autograph:levels-3"] = "levels 0, 1, 2", ["autograph:no-factors"] = "no level (AutoGraph's interaction paths alone)",
                ["lightgcn"] = "N/A (LightGCN, the paper's row)",
            },
        },
    ];

    /// <summary>What a method is called in this table; itself where it has no other name.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether AutoGraph is compared with the best of the other methods too.</summary>
    public bool ComparesWithBestOther { get; init; }

    public string LabelOf(TableMethod method) => Labels.TryGetValue(method.Name, out string? label) ? label : method.Name;

    public Command CreateCommand()
    {
        var command = new Command(Name, $"{Description}; says first how long it will take");
        var arguments = new PlanArguments(command, DataSets.Names, ["ml-1m"], Seeds);
        Option<string[]> methods = new("--methods")
        {
            Description = $"Methods, the first being what the others are compared with: as --enhance of run, with variations behind colons ({string.Join(", ", TableMethod.VariationNames)}), such as autograph+kar:shuffled",
            DefaultValueFactory = _ => Methods, AllowMultipleArgumentsPerToken = true,
        };
        Option<string[]> backbones = new("--backbones") { Description = "Sequence models", DefaultValueFactory = _ => Backbones, AllowMultipleArgumentsPerToken = true };
        command.Add(methods);
        command.Add(backbones);
        arguments.SetAction(async (input, parsed, cancellation) =>
        {
            var plan = TablePlan.Of(this, input, parsed.GetValue(backbones)!, parsed.GetValue(methods)!);
            int failed = input.ReportOnly ? 0 : await TableRun.ExecuteAsync(plan, input.Resume, cancellation);
            return (TableReport.Write(plan), failed == 0);
        });
        return command;
    }
}
