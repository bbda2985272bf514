using System.CommandLine;
using AutoGraph.Experiments;

var root = new RootCommand("Accuracy experiments of AutoGraph for ML.NET") { RunCommand.Create(), TableCommand.Create(), CodesCommand.Create(), FactorsCommand.Create(), DriftCommand.Create() };
return await root.Parse(args).InvokeAsync();
