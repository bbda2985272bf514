using System.CommandLine;
using System.Text.Json;
using AutoGraph.Datasets;
using AutoGraph.Experiments;
using AutoGraph.TestKit;
using Xunit;

namespace AutoGraph.Torch.Tests.Experiments;

/// <summary>The JSON object that <c>run</c> writes: people read it with scripts of their own, so names and types stay.</summary>
[Collection(nameof(Sequential))]
public sealed class RunJsonTests
{
    // path and kind of every value, of a list its first element's; null where the run has none, such as the gate of a path that is switched off
    private const string Expected =
        """
        dataset String, users Number, items Number, interactions Number, trainSamples Number, testUsers Number, backbone String, enhance String, seed Number,
        threads Number, protocol String, semantics String, codes String, vectors String, quantizer String, without[] String, levels Number,
        userNeighbors String, neighbors Number, semanticPaths String, graphLayers Number, graphDropout Number, dropout Number, historyDropout Number,
        attentionV2 Bool, contentNodes Bool, gates.userSemantic Null, gates.itemSemantic Number, gates.itemsToUsers Number, gates.usersToItems Number,
        gates.laterRounds Null, enhancedHistory Bool, userContent Bool, trainUsers Number, minHistory Number, batch Number, patience Number,
        learningRate Number, loss String, negatives String, negativeCount Number, schedule String, warmUp Number, decayFactor Number, decays Number,
        newItemRate Number, alignmentWeight Number, alignmentTemperature Number, clip Number, resume String, epochs Number, bestEpoch Number,
        secondsPerEpoch Number, semanticSeconds Number, quantizeSeconds Number, testSeconds Number, peakMemoryMiB Number, weightDecay Number,
        embeddingDecay Number, sparseUpdates Bool, hiddenWidths[] Number, historyLayers Number, historyHeads Number, propagationLayers Number,
        graphHeads Number, epochsAtMost Number, validationSeconds Number, totalSeconds Number, commit String, machine String, load Number, ended String,
        curve[].epoch Number, curve[].loss Number, curve[].validationNdcg@10 Number, curve[].learningRate Number, curve[].seconds Number,
        validation.ndcg@10 Number, validation.hr@10 Number, validation.mrr Number, validation.gauc Number, test.ndcg@10 Number, test.hr@10 Number,
        test.mrr Number, test.gauc Number, testSeenMasked.ndcg@10 Number, testSeenMasked.hr@10 Number, testSeenMasked.mrr Number, testSeenMasked.gauc Number,
        testSlices.users[].of String, testSlices.users[].rows Number, testSlices.users[].figures.ndcg@10 Number, testSlices.users[].figures.hr@10 Number,
        testSlices.users[].figures.mrr Number, testSlices.users[].figures.gauc Number, testSlices.items[].of String, testSlices.items[].rows Number,
        testSlices.items[].figures.ndcg@10 Number, testSlices.items[].figures.hr@10 Number, testSlices.items[].figures.mrr Number,
        testSlices.items[].figures.gauc Number, lists.coverage Number, lists.novelty Number, lists.popularity Number, lists.recall@10 Number,
        lists.precision@10 Number, lists.map@10 Number, listsSeenMasked.coverage Number, listsSeenMasked.novelty Number, listsSeenMasked.popularity Number,
        listsSeenMasked.recall@10 Number, listsSeenMasked.precision@10 Number, listsSeenMasked.map@10 Number, coldTest.items Number, coldTest.rows Number,
        coldTest.seenKept.ndcg@10 Number, coldTest.seenKept.hr@10 Number, coldTest.seenKept.mrr Number, coldTest.seenKept.gauc Number,
        coldTest.seenMasked.ndcg@10 Number, coldTest.seenMasked.hr@10 Number, coldTest.seenMasked.mrr Number, coldTest.seenMasked.gauc Number,
        codebooks.user.activeRatio[] Number, codebooks.user.perplexity[] Number, codebooks.user.collisionRate Number, codebooks.user.relativeError[] Number,
        codebooks.user.randomError[] Number, codebooks.user.levelSizes[] Number, codebooks.item.activeRatio[] Number, codebooks.item.perplexity[] Number,
        codebooks.item.collisionRate Number, codebooks.item.relativeError[] Number, codebooks.item.randomError[] Number, codebooks.item.levelSizes[] Number,
        testRanks[] Number, testSeenMaskedRanks[] Number, testCandidates[] Number, testSeenMaskedCandidates[] Number
        """;

    private static readonly string[] Values = Expected.Split([',', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    [Fact]
    public async Task ToJson_OneEpochWithEverything_HasTheseNamesAndTypes()
    {
        using var folder = new TempFolder();
        var arguments = new RunArguments();
        var command = new Command("run");
        foreach (var option in arguments.All) command.Add(option);
        var parsed = command.Parse(
        [
            "--dataset", "sample-world", "--enhance", "autograph+kar", "--quantizer", "residual-kmeans", "--epochs", "1", "--threads", "1", "--cold-items", "0.1", "--min-history", "3",
            "--without", "uqu", "--gates", "--clip", "5", "--resume", folder.File("run.checkpoint"),
        ]);
        Assert.Empty(parsed.Errors);
        var options = arguments.Read(parsed) with { Cache = null, Display = new LineDisplay(TextWriter.Null), World = new SampleWorldOptions { Readers = 80, Books = 60 } };
        string json = (await Run.TrainAndTestAsync(options, CancellationToken.None)).ToJson();
        using var document = JsonDocument.Parse(json);
        string[] found = [.. Lines(document.RootElement, "")];
        Assert.Equal(Values, found);
    }

    [Fact]
    public async Task Run_Json_IsWrittenToTheFileAndOtherwiseToTheConsole()
    {
        using var folder = new TempFolder();
        string[] command = ["run", "--dataset", "sample-world", "--epochs", "1", "--train-users", "0.1", "--threads", "1", "--cache", folder.File("embeddings.db")];
        string console = await ExperimentProgram.RunAsync(command);
        Assert.Equal("", await ExperimentProgram.RunAsync([.. command, "--json", folder.File("run.json")]));
        string[] names = [.. Values.Select(line => line.Split('.', '[', ' ')[0]).Distinct()];
        foreach (string json in new[] { console, File.ReadAllText(folder.File("run.json")) })
        {
            using var document = JsonDocument.Parse(json);
            Assert.Equal(names, document.RootElement.EnumerateObject().Select(property => property.Name));
            Assert.Equal(JsonValueKind.Null, document.RootElement.GetProperty("codebooks").ValueKind);      // what a run has not is null, not absent
            Assert.Equal(0.1, document.RootElement.GetProperty("trainUsers").GetDouble());
        }
    }

    /// <summary>One line a value, its path and its kind; of a list its first element alone.</summary>
    private static IEnumerable<string> Lines(JsonElement element, string path)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                    foreach (string line in Lines(property.Value, path.Length == 0 ? property.Name : $"{path}.{property.Name}")) yield return line;
                break;
            case JsonValueKind.Array:
                if (element.GetArrayLength() == 0) yield return $"{path}[]";
                else foreach (string line in Lines(element[0], path + "[]")) yield return line;
                break;
            default:
                string kind = element.ValueKind is JsonValueKind.True or JsonValueKind.False ? "Bool" : $"{element.ValueKind}";
                yield return $"{path} {(path == "load" ? nameof(JsonValueKind.Number) : kind)}";       // null where the system does not tell
                break;
        }
    }
}
