using System.CommandLine;
using AutoGraph.Experiments;

var root = new RootCommand("Accuracy experiments of AutoGraph for ML.NET")
{
    RunCommand.Create(), CodesCommand.Create(), FactorsCommand.Create(), DriftCommand.Create(),
    StatisticsCommand.Create(), EfficiencyCommand.Create(), CodebookFigureCommand.Create(), FactorSetCommand.Create(), OnlineTestCommand.Create(), ColdCommand.Create(), SearchCommand.Create(),
};
foreach (var table in TableDefinition.All) root.Add(table.CreateCommand());
// a step or a write that has begun is finished before the process ends
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });
