using System.Text;
using AutoGraph.Datasets;
using Xunit;

namespace AutoGraph.Managed.Tests.Datasets;

public sealed class BookCrossingTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public BookCrossingTests()
    {
        Write("BX-Books.csv", "1,\"War, Peace\",Leo é,1999,Dell\nX2,Two,Anon,0,Pub\n");
        Write("BX-NewBooks.csv", "3,\"Say \"\"Yes\"\"\",B,2050,C\n");
        Write("BX-Users.csv", "8,timmins, ontario,\" canada\"\"\",\"14\"\"\"\n9,,,,\n");
        Write("BX-NewBooksUsers.csv", "9,,,,\n10,a,b,\" usa\"\"\",240\n");
        Write("BX-Ratings.csv", "9,X2,6\n8,1,5\n");
        Write("BX-NewBooksRatings.csv", "77,3,10\n");
    }

    public void Dispose() => _folder.Dispose();

    private void Write(string name, string rows) => _folder.Write(name, (name.Contains("Ratings", StringComparison.Ordinal) ? "User-ID,ISBN,Book-Rating\n"
        : name.Contains("Users", StringComparison.Ordinal) ? "User-ID,User-City,User-State,User-Country,User-Age\n"
        : "ISBN,Book-Title,Book-Author,Year-Of-Publication,Book-Publisher\n") + rows, new UTF8Encoding(false));

    [Fact]
    public void Read_BothParts_GiveCleanRowsInFileOrder()
    {
        var data = BookCrossing.Read(_folder.Path);
        Assert.Equal([new("9", "X2", 6, 0), new("8", "1", 5, 1), new("77", "3", 10, 2)], data.Ratings);
        Assert.Equal([new("8", "timmins", "ontario", "canada", 14), new("9", "", "", "", null), new("10", "a", "b", "usa", 240), new("77", "", "", "", null)], data.Users);
        Assert.Equal([new("1", "War, Peace", "Leo é", 1999, "Dell"), new("X2", "Two", "Anon", null, "Pub"), new("3", "Say \"Yes\"", "B", 2050, "C")], data.Items);
        Assert.Equal(["9", "77"], data.Positives().Interactions.Users.Ids);   // above 5; table order
    }

    [Fact]
    public void Read_FirstPartAlone_IsEnough()
    {
        foreach (string part in Directory.GetFiles(_folder.Path, "BX-New*")) File.Delete(part);
        Assert.Equal((2, 2, 2), (BookCrossing.Read(_folder.Path).Ratings.Count, BookCrossing.Read(_folder.Path).Users.Count, BookCrossing.Read(_folder.Path).Items.Count));
    }

    [Theory]
    [InlineData(null, "unknown")]
    [InlineData(4, "unknown")]
    [InlineData(5, "under 20")]
    [InlineData(20, "20-29")]
    [InlineData(69, "60-69")]
    [InlineData(100, "70+")]
    [InlineData(101, "unknown")]
    public void AgeGroup_OfImplausibleAges_IsUnknown(int? age, string expected) => Assert.Equal(expected, new BookCrossingUser("1", "", "", "", age).AgeGroup);

    [Theory]
    [InlineData("BX-Ratings.csv", "9,X2,6\n9,X2,7\n", 3, "a second rating of book 'X2' by user '9'")]
    [InlineData("BX-Ratings.csv", "9,zz,6\n", 2, "book 'zz', which the book files lack")]
    [InlineData("BX-Ratings.csv", "9,X2,11\n", 2, "rating '11'")]
    [InlineData("BX-Ratings.csv", "9;X2;6\n", 2, "1 field(s)")]
    [InlineData("BX-Books.csv", "1,T,A,old,P\n", 2, "year 'old'")]
    [InlineData("BX-Books.csv", "1,T,A,1999,P\n3,\"T\"x,A,1999,P\n", 3, "a stray quotation mark")]
    [InlineData("BX-Users.csv", "8,a,b,c,young\n", 2, "age 'young'")]
    [InlineData("BX-NewBooksUsers.csv", "8,elsewhere,,,\n", 2, "user '8' a second time with other values")]
    public void Read_GarbledLine_NamesFileLineExpectedAndFound(string file, string rows, int line, string found)
    {
        Write(file, rows);
        string message = Assert.Throws<InvalidDataException>(() => BookCrossing.Read(_folder.Path)).Message;
        Assert.Contains($"{file}, line {line}: expected '", message, StringComparison.Ordinal);
        Assert.Contains(found, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_BookTwice_IsNamed()
    {
        Write("BX-NewBooks.csv", "1,T,A,1999,P\n");
        Assert.Contains("'1'", Assert.Throws<InvalidDataException>(() => BookCrossing.Read(_folder.Path)).Message, StringComparison.Ordinal);
    }
}
