using System.Globalization;
using AutoGraph.Core.Interpretation;
using AutoGraph.Semantics.Knowledge;
using AutoGraph.Semantics.Prompting;
using Microsoft.Extensions.AI;

namespace AutoGraph.Semantics.Interpretation;

/// <summary>Lets a language model name factors by their typical rows and terms: one call per factor, kept in the knowledge store as all answers are.</summary>
public static class FactorNaming
{
    private const int LongestName = 80;

    /// <summary>The prompt; columns Side, Rows (the typical ones) and Terms.</summary>
    public static PromptTemplate Prompt { get; } = new("factor-name", 1,
        "A group that was found in a catalogue by the meaning of its texts; its members are of the kind: {Side}.\nTypical members:\n{Rows:numbered}\n" +
        "Words or tags that its members have more often than the rest of the catalogue, the most telling first: {Terms}",
        "Name what these members have in common, as a label a person would understand at a glance: two to five words, no sentence, no quotation marks, " +
        "no explanation. Prefer what sets the group apart from the rest of the catalogue; where its members have little in common, name what most of them share.");

    /// <summary>The calls that naming would make.</summary>
    /// <param name="factors">The factors.</param>
    public static IReadOnlyList<KnowledgeRequest> Requests(IEnumerable<FactorProfile> factors)
    {
        ArgumentNullException.ThrowIfNull(factors);
        return [.. factors.Select(factor => new KnowledgeRequest(string.Create(CultureInfo.InvariantCulture, $"{factor.Side} {factor.Level}/{factor.Code}"), Render(factor)))];
    }

    /// <summary>Names factors. Stored answers are not asked for again; the same factor of a later fit, with the same rows and terms, is not either.</summary>
    /// <param name="factors">The factors, such as those of the levels that make graph nodes.</param>
    /// <param name="chatClient">The language model.</param>
    /// <param name="store">Where answers are kept.</param>
    /// <param name="options">Settings of the calls: concurrency, retries, budget; null for the defaults.</param>
    /// <param name="progress">Told after each answer.</param>
    /// <param name="cancellationToken">Stops the run; answers so far are kept.</param>
    /// <returns>The factors with their names. One whose call failed keeps the name it had, and is listed in the report.</returns>
    /// <exception cref="ArgumentException">Options are out of range, or neither they nor the client name the model.</exception>
    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    public static async Task<NamedFactors> NameAsync(IEnumerable<FactorProfile> factors, IChatClient chatClient, IKnowledgeStore store,
        KnowledgeGeneratorOptions? options = null, IProgress<KnowledgeProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(factors);
        FactorProfile[] all = [.. factors];
        var generator = new KnowledgeGenerator(chatClient, store, Prompt.Id, options);
        var report = await generator.GenerateAsync(Requests(all), progress, cancellationToken).ConfigureAwait(false);
        return new([.. all.Select(factor => store.Find(generator.Source.KeyOf(Render(factor))) is { } answer ? factor with { Name = NameIn(answer.Text) ?? factor.Name } : factor)], report);
    }

    private static string Render(FactorProfile factor) => Prompt.Render(new Dictionary<string, object?>
    {
        ["Side"] = factor.Side,
        ["Rows"] = factor.TypicalRows.Select(row => row.Row),
        ["Terms"] = factor.Terms.Select(term => term.Term),
    });

    /// <summary>The first line with a letter or digit in it, without the marks that models put around names; null where there is none.</summary>
    private static string? NameIn(string answer)
    {
        string? line = answer.Split('\n').FirstOrDefault(line => line.Any(char.IsLetterOrDigit));
        if (line is null) return null;
        string name = line.Trim().Trim('"', '\'', '*', '#', '“', '”', '`', '.', ' ');
        return name.Length <= LongestName ? name : name[..LongestName].TrimEnd() + "…";
    }
}
