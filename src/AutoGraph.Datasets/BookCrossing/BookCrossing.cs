using System.Text;
using AutoGraph.Core.Interactions;

namespace AutoGraph.Datasets;

/// <summary>Reads Book-Crossing (Ziegler et al. 2005) from comma-separated files with text fields of readers and books.</summary>
/// <remarks>
/// Files, plain or .gz, UTF-8 with a header each: <c>BX-Books.csv</c>, <c>BX-Ratings.csv</c>, <c>BX-Users.csv</c> and, where they are there,
/// <c>BX-NewBooks.csv</c>, <c>BX-NewBooksRatings.csv</c>, <c>BX-NewBooksUsers.csv</c> with further rows; a user may stand in both user
/// files with the same values. Stray quotation marks and spaces around values are removed. A reader without a row gets one with empty
/// values. Book-Crossing never had times: the timestamp is the row number. Implicit ratings (0) are read if present. Safe for concurrent use.
/// </remarks>
public static class BookCrossing
{
    /// <summary>Ratings above this value, of 10, are positive (paper App. B).</summary>
    public const float PositiveAbove = 5;

    private static readonly string[] RatingsHeader = ["User-ID", "ISBN", "Book-Rating"];

    /// <summary>Reads a folder.</summary>
    /// <param name="folder">The folder of the files.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">A line is not as expected; the message names file, line, expected and found.</exception>
    public static RatingsDataSet<BookCrossingUser, BookCrossingBook> Read(string folder, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string[] booksPaths = Paths(folder, "BX-Books.csv", "BX-NewBooks.csv"), usersPaths = Paths(folder, "BX-Users.csv", "BX-NewBooksUsers.csv"),
            ratingsPaths = Paths(folder, "BX-Ratings.csv", "BX-NewBooksRatings.csv");
        var books = BookCrossingTables.ReadBooks(booksPaths);
        var users = BookCrossingTables.ReadUsers(usersPaths);
        var ratings = ReadRatings(ratingsPaths, TableIndex.Of(booksPaths[0], books), cancellationToken);
        var known = users.Select(user => user.Id).ToHashSet(StringComparer.Ordinal);
        users.AddRange(ratings.Select(rating => rating.UserId).Where(known.Add).Select(id => new BookCrossingUser(id, "", "", "", null)));
        return new("Book-Crossing", PositiveAbove, ratings, users, books);
    }

    private static List<RatingRow> ReadRatings(string[] paths, EntityIndex books, CancellationToken cancellationToken)
    {
        var (ratings, pairs) = (new List<RatingRow>(), new HashSet<(string, string)>());
        foreach (string path in paths)
        {
            using var file = new DelimitedFile(path, ",", "'user,ISBN,rating'", fields: 3, Encoding.UTF8, quoted: true, RatingsHeader);
            while (file.Read())
            {
                if ((ratings.Count & 0xFFF) == 0) cancellationToken.ThrowIfCancellationRequested();
                string user = file.Text(0, "user id"), book = file[1];
                if (!books.TryGetPosition(book, out _)) throw file.Bad($"book '{book}', which the book files lack");
                if (!pairs.Add((user, book))) throw file.Bad($"a second rating of book '{book}' by user '{user}'");
                ratings.Add(new(user, book, file.Whole(2, "rating", 0, 10), Timestamp: ratings.Count));
            }
        }
        return ratings.Count > 0 ? ratings : throw new InvalidDataException($"{paths[0]}: expected lines of 'user,ISBN,rating', found none.");
    }

    private static string[] Paths(string folder, string required, string optional) =>
        DataFile.Exists(folder, optional) ? [DataFile.Locate(folder, required), DataFile.Locate(folder, optional)] : [DataFile.Locate(folder, required)];
}
