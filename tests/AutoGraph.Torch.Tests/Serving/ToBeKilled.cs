using AutoGraph.Torch.Tests.Persistence;
using Microsoft.ML;

namespace AutoGraph.Torch.Tests.Serving;

/// <summary>What a process does until it is killed: it says each thing once it is done.</summary>
internal static class ToBeKilled
{
    internal const string Argument = "--to-be-killed", Model = "model.zip", Log = "log", Saved = "saved.zip";

    /// <summary>Never returns.</summary>
    /// <param name="work">One of the names below.</param>
    /// <param name="folder">Holds model, log and what is saved.</param>
    internal static int Run(string work, string folder)
    {
        var autoGraph = new MLContext().AutoGraph();
        var model = autoGraph.Load(Path.Combine(folder, Model), out var schema);
        using var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
        if (work == nameof(Save)) Save(autoGraph, model, schema, folder, output);
        using var engine = autoGraph.CreateEngine(model, Path.Combine(folder, Log));
        if (work == nameof(Insert)) Insert(engine, output);
        if (work == nameof(Compact)) Compact(engine, output);
        throw new ArgumentException($"Expected {nameof(Insert)}, {nameof(Compact)} or {nameof(Save)}, found '{work}'.", nameof(work));
    }

    /// <summary>Adds items, singly and in pairs, and now and then compacts the log.</summary>
    internal static void Insert(RecommendationEngine engine, TextWriter output)
    {
        for (int number = engine.Snapshot.Items.Ids.Count; ; number += 3)
        {
            if (number % 100 == 0) engine.CompactLog();
            engine.AddItem(ReleasedVersion.NewBook($"single {number}"));
            output.WriteLine($"single {number}");
            engine.AddItems([ReleasedVersion.NewBook($"first {number}"), ReleasedVersion.NewBook($"second {number}")]);
            output.WriteLine($"first {number}");
            output.WriteLine($"second {number}");
        }
    }

    /// <summary>Adds an item and compacts, without end.</summary>
    internal static void Compact(RecommendationEngine engine, TextWriter output)
    {
        for (int number = engine.Snapshot.Items.Ids.Count; ; number++)
        {
            engine.AddItem(ReleasedVersion.NewBook($"item {number}"));
            output.WriteLine($"item {number}");
            engine.CompactLog();
        }
    }

    /// <summary>Saves the model over the file that it saved before, without end.</summary>
    internal static void Save(AutoGraphCatalog autoGraph, ITransformer model, DataViewSchema schema, string folder, TextWriter output)
    {
        for (int number = 0; ; number++)
        {
            autoGraph.Save(model, schema, Path.Combine(folder, Saved));
            output.WriteLine($"save {number}");
        }
    }
}
