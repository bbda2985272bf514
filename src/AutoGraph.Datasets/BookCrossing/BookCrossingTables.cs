using System.Text;

namespace AutoGraph.Datasets;

/// <summary>The files of readers and books.</summary>
internal static class BookCrossingTables
{
    private static readonly string[] BooksHeader = ["ISBN", "Book-Title", "Book-Author", "Year-Of-Publication", "Book-Publisher"];
    private static readonly string[] UsersHeader = ["User-ID", "User-City", "User-State", "User-Country", "User-Age"];

    public static List<BookCrossingBook> ReadBooks(string[] paths)
    {
        var books = new List<BookCrossingBook>();
        foreach (string path in paths)
        {
            using var file = new DelimitedFile(path, ",", "'ISBN,title,author,year,publisher'", fields: 5, Encoding.UTF8, quoted: true, BooksHeader);
            while (file.Read())
            {
                int year = (int)file.Whole(3, "year", 0, 9999);
                books.Add(new(file.Text(0, "ISBN"), file.Text(1, "title").Trim(), file[2].Trim(), year == 0 ? null : year, file[4].Trim()));
            }
        }
        return books;
    }

    public static List<BookCrossingUser> ReadUsers(string[] paths)
    {
        var (users, known) = (new List<BookCrossingUser>(), new Dictionary<string, BookCrossingUser>(StringComparer.Ordinal));
        foreach (string path in paths)
        {
            using var file = new DelimitedFile(path, ",", "'user,city,state,country,age'", fields: 5, Encoding.UTF8, quoted: true, UsersHeader);
            while (file.Read())
            {
                var user = new BookCrossingUser(file.Text(0, "user id"), Clean(file[1]), Clean(file[2]), Clean(file[3]), Age(file));
                if (known.TryAdd(user.Id, user)) users.Add(user);
                else if (known[user.Id] != user) throw file.Bad($"user '{user.Id}' a second time with other values");
            }
        }
        return users.Count > 0 ? users : throw new InvalidDataException($"{paths[0]}: expected lines of 'user,city,state,country,age', found none.");
    }

    private static int? Age(DelimitedFile file) => Clean(file[4]) switch
    {
        "" => null,
        var text when int.TryParse(text, out int age) && age is >= 0 and <= 999 => age,
        var text => throw file.Bad($"age '{text}' (a whole number from 0 to 999, or nothing, was due)"),
    };

    private static string Clean(string value) => value.Trim(' ', '"');
}
