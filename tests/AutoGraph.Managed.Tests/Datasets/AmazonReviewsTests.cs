using System.Text;
using AutoGraph.Datasets;
using Xunit;

namespace AutoGraph.Managed.Tests.Datasets;

public sealed class AmazonReviewsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public AmazonReviewsTests()
    {
        Write("item_list.txt", "B000000001 0 \"Nail File\"\nB000000002 1 nan\nB000000003 2 \"Neem &amp; Oil \nVanilla\"\n000000000X 3 NOORA\nB000000005 4 \"Balm\" \"Lips\"\n");
        Write("user_list.txt", "A1 0\nA2 1\nA3 2\n");
        _folder.Write("test.txt", "1 4 0\n0 0 1 2\n");
    }

    public void Dispose() => _folder.Dispose();

    private void Write(string name, string rows) =>
        _folder.Write(name, (name == "item_list.txt" ? "org_id remap_id title\n" : "org_id remap_id\n") + rows, new UTF8Encoding(false));

    [Fact]
    public void Read_Sequences_GiveInteractionsInOrderAndTitlesOnOneLine()
    {
        var data = AmazonReviews.Read(_folder.Path, "set");
        Assert.Equal([new("A2", "B000000005", 1, 0), new("A2", "B000000001", 1, 1), new("A1", "B000000001", 1, 2), new("A1", "B000000002", 1, 3), new("A1", "B000000003", 1, 4)], data.Ratings);
        Assert.Equal(["Nail File", "", "Neem & Oil  Vanilla", "NOORA", "Balm"], data.Items.Select(item => item.Title));
        Assert.Equal([null, null, null, null, "Lips"], data.Items.Select(item => item.Category));
        Assert.Equal("000000000X", data.Items[3].Id);
        var positives = data.Positives();
        Assert.Equal((2, 4, 5), (positives.Users.Count, positives.Items.Count, positives.Interactions.Count));   // A3 and NOORA occur nowhere
    }

    [Theory]
    [InlineData("test.txt", "0 1\n0 2\n", 2, "user 0 a second time")]
    [InlineData("test.txt", "0 1\n1\n", 2, "a user without items")]
    [InlineData("test.txt", "0 5\n", 1, "item number '5' (a whole number from 0 to 4 was due)")]
    [InlineData("test.txt", "9 1\n", 1, "user number '9'")]
    [InlineData("test.txt", "0 one\n", 1, "item number 'one'")]
    [InlineData("user_list.txt", "A1 0\nA2 2\n", 3, "number 2 where 1 was due")]
    [InlineData("item_list.txt", "B000000001 0 \"Nail File\"\nB000000002 2 \"File\"\n", 3, "number 2 where 1 was due")]
    [InlineData("item_list.txt", "B000000001 0 \"Nail File\"\nof steel\n", 3, "another line: 'of steel'")]
    public void Read_GarbledLine_NamesFileLineExpectedAndFound(string file, string rows, int line, string found)
    {
        if (file == "test.txt") _folder.Write(file, rows);
        else Write(file, rows);
        string message = Assert.Throws<InvalidDataException>(() => AmazonReviews.Read(_folder.Path)).Message;
        Assert.Contains($"{file}, line {line}: expected '", message, StringComparison.Ordinal);
        Assert.Contains(found, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TitleWithoutEnd_IsNamed()
    {
        Write("item_list.txt", "B000000001 0 \"Nail File\nof steel\n");
        Assert.Contains("the title 'B000000001 0 \"Nail File of steel', found the end of the file", Assert.Throws<InvalidDataException>(() => AmazonReviews.Read(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_AnotherHeader_IsNamed()
    {
        _folder.Write("item_list.txt", "asin title\n");
        Assert.Contains("item_list.txt, line 1: expected the header 'org_id remap_id title', found 'asin title'",
            Assert.Throws<InvalidDataException>(() => AmazonReviews.Read(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_MissingFile_IsNamed()
    {
        File.Delete(Path.Combine(_folder.Path, "user_list.txt"));
        Assert.Contains("'user_list.txt'", Assert.Throws<FileNotFoundException>(() => AmazonReviews.Read(_folder.Path)).Message, StringComparison.Ordinal);
    }
}
