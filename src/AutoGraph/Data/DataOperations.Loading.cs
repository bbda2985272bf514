using System.Globalization;
using AutoGraph.Core.Interactions;
using AutoGraph.Datasets;
using Microsoft.ML;

namespace AutoGraph;

public sealed partial class DataOperations
{
    /// <summary>Loads MovieLens (100K, 1M, latest, 20M, 25M, 32M): ratings above 3 as interactions, and the users and films that have one.</summary>
    /// <remarks>
    /// Users: UserId, Gender, Age, AgeGroup, Occupation, Zip. Items: ItemId, Title, Year, Genres (vector of text), Knowledge: the recorded text
    /// where there is one, else title and genres in a sentence. From latest on nothing is told of users: empty texts, and 0 as age.
    /// </remarks>
    /// <param name="folder">The unpacked data set; its files may be gzip-compressed.</param>
    /// <param name="itemKnowledge">A file of recorded knowledge, item id → text (.json or .jsonl); null: none.</param>
    /// <exception cref="IOException">A folder or file is missing or not as expected; the message names file, line, expected and found.</exception>
    public RecommendationData LoadMovieLens(string folder, string? itemKnowledge = null)
    {
        var recorded = itemKnowledge is null ? new Dictionary<string, string>() : KnowledgeFile.Read(itemKnowledge).Texts;
        var data = MovieLens.Read(folder);
        var positives = data.Positives();
        return new(data.Name, Interactions(positives.Interactions),
            View(positives.Users, user => new DataRows.FilmUser(user.Id, user.Gender, user.Age ?? 0, user.AgeGroup, user.Occupation, user.Zip)),
            View(positives.Items, film => new DataRows.Film(film.Id, film.Title, film.Year?.ToString(CultureInfo.InvariantCulture) ?? "", [.. film.Genres],
                recorded.GetValueOrDefault(film.Id) ?? $"{film.Title}. Genres: {string.Join(", ", film.Genres)}.")));
    }

    /// <summary>Simulates a book shop with planted tastes: no such reader or book exists. The same seed gives the same world.</summary>
    /// <remarks>Users: UserId, AgeGroup, Country, Occupation, Knowledge. Items: ItemId, Title, Author, Genre, Year, Price, Knowledge.</remarks>
    /// <param name="options">Size, seed and strengths; null: the defaults.</param>
    /// <exception cref="ArgumentException">Options are out of range; the message lists all of them.</exception>
    public RecommendationData CreateSampleWorld(SampleWorldOptions? options = null)
    {
        var data = SampleWorld.Create(options ?? new SampleWorldOptions()).Data;
        var positives = data.Positives();
        return new(data.Name, Interactions(positives.Interactions),
            View(positives.Users, reader => new DataRows.Reader(reader.Id, reader.AgeGroup, reader.Country, reader.Occupation, reader.Knowledge)),
            View(positives.Items, book => new DataRows.Book(book.Id, book.Title, book.Author, book.Genre, book.Year, (float)book.Price, book.Knowledge)));
    }

    private IDataView Interactions(InteractionTable table) => _context.Data.LoadFromEnumerable(Enumerable.Range(0, table.Count)
        .Select(row => new DataRows.Interaction(table.Users[table.UserOf[row]], table.Items[table.ItemOf[row]], table.TimeOf[row])).ToList());

    private IDataView View<TSource, TRow>(IReadOnlyList<TSource> rows, Func<TSource, TRow> convert) where TRow : class =>
        _context.Data.LoadFromEnumerable(rows.Select(convert).ToList());
}
