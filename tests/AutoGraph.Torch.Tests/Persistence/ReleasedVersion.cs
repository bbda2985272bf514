using System.Globalization;
using AutoGraph.Datasets;
using AutoGraph.TestKit;
using AutoGraph.Torch.Tests.MlNet;
using Microsoft.ML;

namespace AutoGraph.Torch.Tests.Persistence;

/// <summary>A small model that a released version saved, its log of changes, and the answers it gave; see Versions/README.md.</summary>
internal sealed class ReleasedVersion(string folder)
{
    private const string FewNewBook = "A quiet tale of the sea, told by a lighthouse keeper.";

    internal static string Root { get; } = Path.Combine(Repository.Root, "tests", "AutoGraph.Torch.Tests", "Versions");

    /// <summary>All that are there, by the versions of the package.</summary>
    internal static IEnumerable<string> Names => Directory.GetDirectories(Root).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal);

    internal static ReleasedVersion Named(string version) => new(Path.Combine(Root, version));

    internal string Model => Path.Combine(folder, "model.zip");

    internal string Log => Path.Combine(folder, "changes.log");

    private string Scores => Path.Combine(folder, "scores.tsv");

    private string Answers => Path.Combine(folder, "answers.tsv");

    /// <summary>User, item and score of some rows, without the log.</summary>
    internal (string User, string Item, float Score)[] ReadScores() => Read(Scores);

    /// <summary>User, item and score of the best items of some users, with the log.</summary>
    internal (string User, string Item, float Score)[] ReadAnswers() => Read(Answers);

    /// <summary>Makes everything anew with the code at hand.</summary>
    internal void Write()
    {
        Directory.CreateDirectory(folder);
        var autoGraph = new MLContext(seed: 1).AutoGraph();
        var data = autoGraph.Data.CreateSampleWorld(new SampleWorldOptions { Readers = 20, Books = 50, Seed = 3 });
        var split = autoGraph.Data.LeaveOneOut(data.Interactions, minHistory: 2);
        var codes = autoGraph.SemanticVector("Semantics", "Knowledge").Append(autoGraph.ResidualQuantizer("Codes", "Semantics", SmallWorld.Quantizer));
        var model = autoGraph.MetapathGraph(new SideTable(data.Users, "UserId", codes), new SideTable(data.Items, "ItemId", codes), SmallWorld.Graph)
            .Append(autoGraph.Recommender(SmallWorld.Options, split.Validation)).Fit(split.Train);
        autoGraph.Save(model, split.Train.Schema, Model);
        string[] users = Tables.Texts(data.Users, "UserId"), items = Tables.Texts(data.Items, "ItemId");
        (string User, string Item)[] pairs = [.. users.Take(5).SelectMany(user => items.Take(6).Select(item => (user, item))), ("nobody", items[0]), (users[0], "nothing")];
        Write(Scores, pairs.Zip(ScoresOf(model, pairs)).Select(row => (row.First.User, row.First.Item, row.Second)));
        File.Delete(Log);
        using (var engine = autoGraph.CreateEngine(model, Log))
        {
            Change(engine, users, items);
            Write(Answers, AnswersOf(engine, [.. users.Take(3), "new reader", "nobody"]));
        }
        File.Delete(Log + ".lock");
    }

    /// <summary>Scores of a model for pairs of user and item.</summary>
    internal static float[] ScoresOf(ITransformer model, IEnumerable<(string User, string Item)> pairs) =>
        SmallWorld.Scores(model, Tables.Interactions(new MLContext(), [.. pairs.Select(pair => (pair.User, pair.Item, 0L))]));

    /// <summary>The best items of users.</summary>
    internal static IEnumerable<(string User, string Item, float Score)> AnswersOf(RecommendationEngine engine, IEnumerable<string> users) =>
        users.SelectMany(user => engine.Recommend(user, 4).Select(item => (user, item.ItemId, item.Score)));

    /// <summary>An item that no version was fitted on, from its text.</summary>
    internal static NewItem NewBook(string id) => new(id) { Values = new Dictionary<string, object> { ["Knowledge"] = FewNewBook } };

    // every kind of change once
    private static void Change(RecommendationEngine engine, string[] users, string[] items)
    {
        engine.AddItem(NewBook("new book") with { Users = [users[1]] });
        engine.AddItems([NewBook("second book"), NewBook("third book")]);
        engine.AddUser(new NewUser("new reader") { History = ["new book", items[0], items[2]] });
        engine.UpdateUser(new NewUser(users[0]) { History = [items[3], "new book"] });
        engine.RemoveItem(items[5]);
        engine.RemoveUser(users[7]);
    }

    private static (string User, string Item, float Score)[] Read(string path) =>
        [.. File.ReadLines(path).Select(line => line.Split('\t')).Select(cells => (cells[0], cells[1], float.Parse(cells[2], CultureInfo.InvariantCulture)))];

    private static void Write(string path, IEnumerable<(string User, string Item, float Score)> rows) =>
        File.WriteAllText(path, string.Concat(rows.Select(row => string.Create(CultureInfo.InvariantCulture, $"{row.User}\t{row.Item}\t{row.Score:R}\n"))));
}
