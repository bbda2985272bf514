using System.Globalization;
using AutoGraph.Core.Graphs;
using AutoGraph.Semantics.Knowledge;
using Microsoft.Extensions.AI;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace AutoGraph.Semantics.ItemGraphs;

/// <summary>Similar items of each item, for TopoI2I (paper §4.1.4, App. D.3): the encoder proposes candidates, a language model judges them.</summary>
public static class ItemSimilarity
{
    /// <summary>The prompt's name and version in the knowledge store.</summary>
    public const string PromptVersion = "item-similarity/1";

    /// <summary>The items of greatest cosine for each item, itself excluded: candidates for the judge, or the judgement itself where there is no language model.</summary>
    /// <remarks>Compares all pairs: I² · V multiply-adds, on all cores.</remarks>
    /// <param name="vectors">[I, V] semantic vectors.</param>
    /// <param name="count">Candidates per item E, at least 1; default 10.</param>
    /// <returns>[I] rows of up to E columns, the nearest first.</returns>
    /// <exception cref="ArgumentException">A vector is not finite.</exception>
    public static int[][] Nearest(float[,] vectors, int count = 10)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        int rows = vectors.GetLength(0), width = vectors.GetLength(1);
        var unit = vectors.Cast<float>().ToArray();
        for (int row = 0; row < rows; row++)
        {
            var own = unit.AsSpan(row * width, width);
            float norm = TensorPrimitives.Norm<float>(own);
            if (!float.IsFinite(norm)) throw new ArgumentException($"Expected finite vectors, found {norm} as the length of row {row}.", nameof(vectors));
            if (norm > 0) TensorPrimitives.Divide(own, norm, own);
        }
        var nearest = new int[rows][];
        Parallel.For(0, rows, row =>
        {
            var (scores, order) = (new float[rows], new int[rows]);
            for (int other = 0; other < rows; other++)
                (scores[other], order[other]) = (other == row ? float.PositiveInfinity : -TensorPrimitives.Dot<float>(unit.AsSpan(row * width, width), unit.AsSpan(other * width, width)), other);
            Array.Sort(scores, order);      // ties may come in any order of equal items
            nearest[row] = order[..Math.Min(count, rows - 1)];
        });
        return nearest;
    }

    /// <summary>The prompt that puts an item and its candidates to the language model.</summary>
    /// <param name="item">What is known about the item, one line.</param>
    /// <param name="candidates">What is known about each candidate, one line each.</param>
    public static string Prompt(string item, IReadOnlyList<string> candidates)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(item);
        ArgumentNullException.ThrowIfNull(candidates);
        var lines = candidates.Select((text, index) => string.Create(CultureInfo.InvariantCulture, $"{index + 1}. {text}"));
        return $"Item: {item}\nCandidates:\n{string.Join('\n', lines)}\n\nWhich of the candidates are similar to the item, so that whoever likes one is likely to like the other? " +
            "Answer with their numbers alone, separated by commas, or with the word none.";
    }

    /// <summary>Lets a language model judge the candidates of each item, once per item: answers come from the store where it has them.</summary>
    /// <remarks>
    /// An answer is a list of the candidates' numbers, or begins with "none", "no" or "nothing". Any other is not taken for a verdict, whatever numbers it names: its item has failed
    /// (<see cref="KnowledgeFailureKind.Unreadable"/>), is not stored and is asked about again by the next run. Numbers that no candidate has do not count.
    /// </remarks>
    /// <param name="texts">What is known about each item, one line each.</param>
    /// <param name="candidates">Candidates of each item, as of <see cref="Nearest"/>.</param>
    /// <param name="generator">Made with <see cref="PromptVersion"/>.</param>
    /// <param name="store">The generator's store.</param>
    /// <param name="progress">Told after each prompt.</param>
    /// <param name="cancellationToken">Stops the run; answers so far are kept.</param>
    /// <returns>Similar items of each item, and what the run did; an item whose prompt failed keeps no neighbour. <see cref="KnowledgeReport.ThrowIfFailed"/> of the report throws where there is one.</returns>
    /// <exception cref="ArgumentException">The parts differ in length.</exception>
    public static async Task<(Adjacency Neighbors, KnowledgeReport Report)> JudgeAsync(IReadOnlyList<string> texts, int[][] candidates, KnowledgeGenerator generator, IKnowledgeStore store,
        IProgress<KnowledgeProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(candidates);
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentNullException.ThrowIfNull(store);
        if (texts.Count != candidates.Length) throw new ArgumentException($"Expected candidates for {texts.Count} items, found {candidates.Length}.", nameof(candidates));
        KnowledgeRequest[] rows = [.. texts.Select((text, item) => new KnowledgeRequest(item.ToString(CultureInfo.InvariantCulture), Prompt(text, [.. candidates[item].Select(other => texts[other])])))];
        var report = await generator.GenerateAsync(rows, SimilarityAnswer.Problem, progress, cancellationToken).ConfigureAwait(false);
        var (from, to, unreadable) = (new List<int>(), new List<int>(), new List<KnowledgeFailure>());
        for (int item = 0; item < rows.Length; item++)
        {
            if (store.Find(generator.Source.KeyOf(rows[item].Prompt))?.Text is not { } answer) continue;
            // Recorded, imported or of an earlier version: this run has stored none.
            if (SimilarityAnswer.Problem(answer) is { } problem)
                unreadable.Add(new(rows[item].Id, KnowledgeFailureKind.Unreadable, $"{problem}; the store keeps its first answer, so ask under other options (KnowledgeGeneratorOptions.Chat) or into another store"));
            else foreach (int number in SimilarityAnswer.Numbers(answer, candidates[item].Length)!)
            {
                from.Add(item);
                to.Add(candidates[item][number - 1]);
            }
        }
        if (unreadable.Count > 0)
            report = report with
            {
                Cached = report.Cached - unreadable.Count,
                Failures = [.. report.Failures.Concat(unreadable).OrderBy(failure => int.Parse(failure.Id, CultureInfo.InvariantCulture))],
            };
        return (Adjacency.FromEdges(rows.Length, rows.Length, [.. from], [.. to]), report);
    }

    /// <summary>Candidates as they are as a graph: similarity by the encoder alone.</summary>
    public static Adjacency Graph(int[][] neighbors)
    {
        ArgumentNullException.ThrowIfNull(neighbors);
        return Adjacency.FromEdges(neighbors.Length, neighbors.Length, [.. neighbors.SelectMany((row, item) => row.Select(_ => item))], [.. neighbors.SelectMany(row => row)]);
    }
}
