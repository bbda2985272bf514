namespace AutoGraph.Semantics.Knowledge;

/// <summary>Answers recorded elsewhere, by row id (<c>KnowledgeFile</c> of AutoGraph.Datasets reads them from files).</summary>
public static class RecordedAnswers
{
    /// <summary>Stores recorded answers as if the prompts of these rows had been put to <paramref name="source"/>; blank answers are left out.</summary>
    /// <remarks>Rows with equal prompts share one answer, the first.</remarks>
    /// <param name="store">Where to.</param>
    /// <param name="source">Prompt version, and a name for the recording as the model.</param>
    /// <param name="rows">Row ids with rendered prompts.</param>
    /// <param name="answers">Row id → text.</param>
    /// <returns>How many of the rows now have an answer.</returns>
    /// <exception cref="InvalidDataException">No row has an answer: the ids are of another kind.</exception>
    public static int Import(this IKnowledgeStore store, KnowledgeSource source, IReadOnlyCollection<KnowledgeRequest> rows, IReadOnlyDictionary<string, string> answers)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(answers);
        var now = DateTimeOffset.UtcNow;
        KnowledgeRecord[] records = [.. from row in rows
                                        let text = answers.GetValueOrDefault(row.Id)
                                        where !string.IsNullOrWhiteSpace(text)
                                        select new KnowledgeRecord(source, row.Prompt, text) { Created = now }];
        if (records.Length == 0 && rows.Count > 0)
            throw new InvalidDataException(
                $"Expected recorded answers for ids such as '{rows.First().Id}', found {answers.Count} answers{(answers.Count > 0 ? $" for ids such as '{answers.Keys.First()}'" : "")}, none of which match.");
        store.Add(records);
        return records.Length;
    }
}
