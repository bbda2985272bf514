using System.CommandLine;

namespace AutoGraph.Experiments;

/// <summary>What the program can do.</summary>
internal static class AllCommands
{
    public static RootCommand Create()
    {
        var root = new RootCommand("Accuracy experiments of AutoGraph for ML.NET")
        {
            RunCommand.Create(), CodesCommand.Create(), FactorsCommand.Create(), DriftCommand.Create(),
            StatisticsCommand.Create(), EfficiencyCommand.Create(), CodebookFigureCommand.Create(), FactorSetCommand.Create(), OnlineTestCommand.Create(), ColdCommand.Create(), SearchCommand.Create(),
        };
        foreach (var table in TableDefinition.All) root.Add(table.CreateCommand());
        return root;
    }
}
