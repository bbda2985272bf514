using System.Globalization;
using AutoGraph.TestKit;
using AutoGraph.Torch.Tests.MlNet;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph.Torch.Tests.Documentation;

/// <summary>What the blocks of the pages run on: a small simulated world, a model of all steps on it, and services that cost nothing.</summary>
public sealed class PageFixture
{
    private readonly Lazy<TrainedWorld> _world = new(() => new TrainedWorld());

    internal TrainedWorld World => _world.Value;

    // of candidates it finds the first and the third similar
    internal EchoChatClient ChatClient { get; } = new(answer: prompt => prompt.Contains("\nCandidates:\n", StringComparison.Ordinal) ? "1, 3" : null);

    internal LetterEncoder Encoder { get; } = new(8);

    /// <summary>Runs a block in a folder of its own, with the files that pages name; returns what it printed.</summary>
    internal string Run(TempFolder folder, Func<PageFixture, Task> block)
    {
        WriteFiles(folder);
        var (before, console) = (Directory.GetCurrentDirectory(), Console.Out);
        using var output = new StringWriter();
        Directory.SetCurrentDirectory(folder.Path);
        Console.SetOut(output);
        try
        {
            block(this).GetAwaiter().GetResult();
        }
        finally
        {
            Console.SetOut(console);
            Directory.SetCurrentDirectory(before);
        }
        return output.ToString();
    }

    private void WriteFiles(TempFolder folder)
    {
        var data = World.Data;
        World.AutoGraph.Save(World.Model, World.Split.Train.Schema, folder.File("model.zip"));
        WriteTable(folder.File("interactions.csv"), data.Interactions, "UserId", "ItemId", "Timestamp");
        WriteTable(folder.File("users.csv"), data.Users, "UserId", "AgeGroup", "Country");
        WriteTable(folder.File("items.csv"), data.Items, "ItemId", "Title", "Author", "Genre", "Price");
        File.WriteAllText(folder.File("prices.json"), """{ "echo-1": { "inputPerMillion": 0.15, "outputPerMillion": 0.60 } }""");
    }

    private static void WriteTable(string path, IDataView view, params string[] names)
    {
        string[][] columns = [.. names.Select(name => view.Schema[name].Type switch
        {
            TextDataViewType => view.GetColumn<string>(name).Select(text => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"").ToArray(),
            NumberDataViewType type when type == NumberDataViewType.Int64 => [.. view.GetColumn<long>(name).Select(number => number.ToString(CultureInfo.InvariantCulture))],
            _ => [.. view.GetColumn<float>(name).Select(number => number.ToString(CultureInfo.InvariantCulture))],
        })];
        File.WriteAllLines(path, Enumerable.Range(0, columns[0].Length).Select(row => string.Join(',', columns.Select(column => column[row]))).Prepend(string.Join(',', names)));
    }
}
