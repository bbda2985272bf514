using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AutoGraph.Core.Interpretation;
using AutoGraph.Core.Randomness;
using AutoGraph.Semantics.Encoding;
using AutoGraph.Semantics.Interpretation;
using AutoGraph.Semantics.Knowledge;

namespace AutoGraph.Experiments;

/// <summary>Where the terms of factor sets come from: words of the items' texts, words of their titles, or the tags that the data set has.</summary>
internal enum TermSource { Texts, Titles, Tags }

/// <summary>A term of a factor set.</summary>
/// <param name="Term">The term.</param>
/// <param name="Share">Part of the set's items whose texts have it.</param>
/// <param name="Elsewhere">Part of the other items.</param>
/// <param name="ZScore">How surely the set has it more often (Monroe et al. 2008).</param>
internal sealed record TermShare(string Term, double Share, double Elsewhere, double ZScore);

/// <summary>All items of one code of the first level: (code, *, *).</summary>
/// <param name="Id">As language models are asked about it: data set, seed, factor and a hash of the prompt, since a factor of another fit is another one under the same number.</param>
/// <param name="Factor">As the report calls it: "item 0/12".</param>
/// <param name="Items">Number of items.</param>
/// <param name="Typical">The items nearest to the code vector.</param>
/// <param name="Terms">The terms that tell the set apart, the surest first.</param>
/// <param name="Prompt">What a language model is asked for a name.</param>
internal sealed record FactorSet(string Id, string Factor, int Items, string[] Typical, TermShare[] Terms, string Prompt);

/// <summary>A drawn sample of a data set's factor sets (paper Fig. 6).</summary>
/// <param name="Dataset">The data set.</param>
/// <param name="Seed">Seed of the codes and of the draw.</param>
/// <param name="Items">Items of the data set.</param>
/// <param name="All">Factor sets of the first level.</param>
/// <param name="Sets">Those drawn.</param>
internal sealed record FactorSets(string Dataset, int Seed, int Items, int All, FactorSet[] Sets)
{
    private const int LeastItems = 8, Terms = 10, HashDigits = 8;

    /// <summary>Draws sets that have enough items and terms.</summary>
    /// <exception cref="ArgumentException">Tags are asked for, and the data set has none.</exception>
    public static FactorSets Draw(ExperimentData data, SemanticVectors vectors, FactorCodes codes, int count, int seed, TermSource source = TermSource.Texts)
    {
        float[] rows = [.. vectors.Items.Cast<float>()];
        HashSet<string>[] terms = TermsOf(data, vectors, source);
        int leastTerms = source == TermSource.Texts ? Terms / 2 : 1;     // an item has few tags, and few words in its title
        string[] titles = [.. Enumerable.Range(0, terms.Length).Select(data.ItemTitle)];
        FactorProfile[] first = [.. FactorProfiles.Of(codes.Codes, codes.Fitted.SquaredResiduals(rows, codes.Codes.Values), titles, terms, new() { Terms = Terms }).Where(profile => profile.Level == 0)];
        FactorProfile[] telling = [.. first.Where(profile => profile.Rows >= LeastItems && profile.Terms.Count >= leastTerms)];
        int[] order = [.. Enumerable.Range(0, telling.Length)];
        RandomStream.For(seed, "factor sets").Shuffle(order);
        var all = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string term in terms.SelectMany(own => own)) all[term] = all.GetValueOrDefault(term) + 1;
        return new(data.Name, seed, terms.Length, first.Length, [.. order.Take(count).Order().Select(i => Of(telling[i]))]);

        FactorSet Of(FactorProfile profile)
        {
            var request = FactorNaming.Requests([profile])[0];
            return new(string.Create(CultureInfo.InvariantCulture, $"{data.Name}, seed {seed}, {request.Id}, {Hash(request.Prompt)}"), request.Id, profile.Rows, [.. profile.TypicalRows.Select(row => row.Row)],
                [.. profile.Terms.Select(term => new TermShare(term.Term, (double)term.Rows / profile.Rows, (double)(all[term.Term] - term.Rows) / Math.Max(1, terms.Length - profile.Rows), term.ZScore))], request.Prompt);
        }
    }

    private static HashSet<string>[] TermsOf(ExperimentData data, SemanticVectors vectors, TermSource source)
    {
        if (source == TermSource.Tags && data.ItemTags is null) throw new ArgumentException($"--terms: expected a data set whose items have tags, found {data.Name}. Give texts or titles.");
        return [.. Enumerable.Range(0, vectors.ItemTexts.Count).Select(item => (source switch
        {
            TermSource.Tags => data.ItemTags!(item),
            TermSource.Titles => Words.Of(data.ItemTitle(item), removeStopWords: true),
            _ => Words.Of(vectors.ItemTexts[item], removeStopWords: true),
        }).ToHashSet(StringComparer.Ordinal))];
    }

    private static string Hash(string prompt) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(prompt)))[..HashDigits];
}
