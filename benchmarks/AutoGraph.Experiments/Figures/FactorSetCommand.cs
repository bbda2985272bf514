using System.CommandLine;
using System.Globalization;
using AutoGraph.Datasets;

namespace AutoGraph.Experiments;

/// <summary>Paper Fig. 6: what factor sets stand for.</summary>
internal static class FactorSetCommand
{
    public static Command Create()
    {
        var command = new Command("figure6", "Show the terms of drawn factor sets, with names; says first how long it will take");
        var arguments = new PlanArguments(command, DataSets.Names, ["ml-1m"], [1], FigureCodes.Arguments);
        Option<int> sets = new("--sets") { Description = "Factor sets drawn", DefaultValueFactory = _ => 6 };
        sets.Validators.Add(result => { if (result.GetValue(sets) is < 1 or > 100) result.AddError("--sets: expected 1 to 100."); });
        Option<FileInfo?> names = new("--names") { Description = "Recorded answers of a language model to the prompts in figure6-prompts.jsonl: JSON Lines with id and text, or JSON object id → text; without them a set is called by its surest terms" };
        var terms = RunArguments.Choice("--terms", "Where terms come from: words of the items' texts or titles, or the tags that the data set has", TermSource.Texts);
        foreach (var option in new Option[] { sets, names, terms }) command.Add(option);
        arguments.SetAction(async (input, parsed, cancellation) =>
        {
            var recorded = parsed.GetValue(names) is { } file ? KnowledgeFile.Read(file.FullName).Texts : new Dictionary<string, string>();
            List<(string Name, FactorSets? Sets)> all = [];
            foreach (var (dataset, seed) in from dataset in input.Datasets from seed in input.Seeds select (dataset, seed))
            {
                var codes = new FigureCodes(DataRoot.Locate(input.Options, dataset) with { Seed = seed }, cancellation);
                string settings = string.Create(CultureInfo.InvariantCulture, $"{codes.Settings}; {parsed.GetValue(sets)} sets; terms {RunCommand.Name(parsed.GetValue(terms))}");
                all.Add((string.Create(CultureInfo.InvariantCulture, $"{dataset}, seed {seed}"), await input.Results.GetAsync($"figure6-{dataset}-{seed}", settings, async () =>
                {
                    var (data, vectors) = await codes.VectorsAsync();
                    return FactorSets.Draw(data, vectors, await codes.OfAsync(FigureCodes.Sides[1]), parsed.GetValue(sets), seed, parsed.GetValue(terms));
                })));
            }
            WritePrompts(input.Folder, all.SelectMany(pair => pair.Sets?.Sets ?? []));
            return (Write(all, recorded, FigureCodes.Describe(input)), true);
        });
        return command;
    }

    internal static Report Write(IReadOnlyList<(string Name, FactorSets? Sets)> all, IReadOnlyDictionary<string, string> names, string texts)
    {
        List<Block> blocks = [new Paragraph("A factor set (c, *, *) holds all items whose first code is c; sets are drawn, not chosen. Bars: part of the set's items that have the term, for the terms that tell it apart most surely.")];
        if (Foreign(all, names) is > 0 and var foreign)
            blocks.Add(new Paragraph(string.Create(CultureInfo.InvariantCulture, $"{foreign} of {names.Count} recorded names are not used: they answer prompts about another data set, seed or codebook than those in figure6-prompts.jsonl.")));
        foreach (var (name, found) in all)
        {
            blocks.Add(new Heading(name));
            if (found is null)
            {
                blocks.Add(new Paragraph("not run"));
                continue;
            }
            blocks.Add(new Paragraph(string.Create(CultureInfo.InvariantCulture, $"{found.Dataset}: {found.Items:N0} items in {found.All} factor sets of the first level; {found.Sets.Length} drawn.")));
            foreach (var set in found.Sets)
                blocks.Add(new Picture(new BarPlot($"{set.Factor}, {set.Items} items: {NameOf(set, names)}", "part of the set's items", [.. set.Terms.Select(term => (term.Term, term.Share))])));
            blocks.Add(new DataTable("Factor sets", ["set", "name", "items", "typical items"],
                [.. found.Sets.Select(set => (IReadOnlyList<Cell>)[new(set.Factor), new(NameOf(set, names)), Cell.Number(set.Items, "N0"), new(string.Join("; ", set.Typical.Take(3)))])]));
            blocks.Add(new DataTable("Terms", ["set", "term", "in the set", "elsewhere", "z"],
                [.. found.Sets.SelectMany(set => set.Terms.Select(term => (IReadOnlyList<Cell>)[new(set.Factor), new(term.Term), Cell.Number(term.Share, "P0"), Cell.Number(term.Elsewhere, "P1"), Cell.Number(term.ZScore, "F1")]))]));
        }
        blocks.Add(new FactList("How it was measured", [("Texts, encoder, codes", texts), .. RunFacts.OfThisProcess()]));
        return new("figure6", "Figure 6: what factor sets stand for", blocks, [.. all.Where(pair => pair.Sets is not null).Select(pair => KeptResults.Line(pair.Sets))]);
    }

    /// <summary>Answers to prompts that are not asked here: a factor of another fit has the same number and is about other items.</summary>
    private static int Foreign(IReadOnlyList<(string Name, FactorSets? Sets)> all, IReadOnlyDictionary<string, string> names)
    {
        var asked = all.SelectMany(pair => pair.Sets?.Sets ?? []).Select(set => set.Id).ToHashSet(StringComparer.Ordinal);
        return names.Keys.Count(id => !asked.Contains(id));
    }

    private static string NameOf(FactorSet set, IReadOnlyDictionary<string, string> names) =>
        names.TryGetValue(set.Id, out string? name) ? name.Trim() : $"{string.Join(", ", set.Terms.Take(3).Select(term => term.Term))} (its surest terms; no language model)";

    private static void WritePrompts(DirectoryInfo folder, IEnumerable<FactorSet> sets)
    {
        folder.Create();
        File.WriteAllLines(Path.Combine(folder.FullName, "figure6-prompts.jsonl"), sets.Select(set => KeptResults.Line(new { set.Id, set.Prompt })));
    }
}
