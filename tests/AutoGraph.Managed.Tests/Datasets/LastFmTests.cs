using System.Text;
using AutoGraph.Datasets;
using Xunit;

namespace AutoGraph.Managed.Tests.Datasets;

public sealed class LastFmTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public LastFmTests()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, "llm_colakg"));
        Write("artists.dat", "51\tDuran é\tu\tp\n52\tMorcheeba\tu\tp\n53\tAir\tu\t\n");
        Write("tags.dat", "1\tmetal\n2\tpop\n3\tpop\n");
        Write("user_artists.dat", "2\t51\t13883\n2\t53\t11\n4\t52\t1\n");
        Write("user_taggedartists.dat", "2\t51\t1\t1\t4\t2009\n2\t51\t2\t1\t4\t2009\n4\t51\t2\t1\t5\t2009\n4\t51\t3\t1\t5\t2009\n");
        Write("llm_colakg/user_map.txt", "4 0\n2 1\n");
        Write("llm_colakg/item_map.txt", "53 0\n51 1\n");
        Write("llm_colakg/train.txt", "1 1\n");
        Write("llm_colakg/test.txt", "1 0\n");
    }

    public void Dispose() => _folder.Dispose();

    private void Write(string name, string rows) => _folder.Write(name, name switch
    {
        "artists.dat" => "id\tname\turl\tpictureURL\n",
        "tags.dat" => "tagID\ttagValue\n",
        "user_artists.dat" => "userID\tartistID\tweight\n",
        "user_taggedartists.dat" => "userID\tartistID\ttagID\tday\tmonth\tyear\n",
        _ => "",
    } + rows, new UTF8Encoding(false));

    [Fact]
    public void Read_All_GivesCountsAndTagsByFrequency()
    {
        var data = LastFm.Read(_folder.Path);
        Assert.Equal([new("2", "51", 13883, 0), new("2", "53", 11, 1), new("4", "52", 1, 2)], data.Ratings);
        Assert.Equal(["2", "4"], data.Users.Select(user => user.Id));
        Assert.Equal(["Duran é", "Morcheeba", "Air"], data.Items.Select(artist => artist.Name));
        Assert.Equal(["pop", "metal"], data.Items[0].Tags);   // "pop" has two tag numbers
        Assert.Empty(data.Items[1].Tags);
        Assert.Equal(3, data.Positives().Interactions.Count);
    }

    [Fact]
    public void ReadWithTexts_UsesTheNumbersOfTheTextsAndPutsTestRowsLast()
    {
        var data = LastFm.ReadWithTexts(_folder.Path);
        Assert.Equal([new("1", "1", 13883, 0), new("1", "0", 11, 1)], data.Ratings);
        Assert.Equal(["0", "1"], data.Users.Select(user => user.Id));
        Assert.Equal([("0", "Air"), ("1", "Duran é")], data.Items.Select(artist => (artist.Id, artist.Name)));
    }

    [Theory]
    [InlineData("user_artists.dat", "2\t99\t1\n", 2, "artist '99', which the artist file lacks")]
    [InlineData("user_artists.dat", "2\t51\t1\n2\t51\t2\n", 3, "artist '51' of user '2' a second time")]
    [InlineData("user_artists.dat", "2\t51\tmany\n", 2, "listening count 'many'")]
    [InlineData("artists.dat", "51\t\tu\tp\n", 2, "an empty name")]
    [InlineData("tags.dat", "1\tmetal\n1\tpop\n", 3, "tag 1 a second time")]
    [InlineData("user_taggedartists.dat", "2\t51\t9\t1\t4\t2009\n", 2, "tag 9, which the tag file lacks")]
    [InlineData("llm_colakg/train.txt", "1 7\n", 1, "item number '7'")]
    [InlineData("llm_colakg/test.txt", "0 1\n", 1, "item 1 of user 0, a pair that user_artists.dat lacks")]
    [InlineData("llm_colakg/test.txt", "1 1\n", 1, "item 1 of user 1, a pair that user_artists.dat lacks or that came before")]
    [InlineData("llm_colakg/user_map.txt", "4 0\n2 2\n", 2, "number 2 where 1 was due")]
    [InlineData("llm_colakg/item_map.txt", "53 0\n50 1\n", 2, "'50'")]
    public void ReadWithTexts_GarbledLine_NamesFileLineExpectedAndFound(string file, string rows, int line, string found)
    {
        Write(file, rows);
        string message = Assert.Throws<InvalidDataException>(() => LastFm.ReadWithTexts(_folder.Path)).Message;
        Assert.Contains($"{Path.GetFileName(file)}, line {line}: expected ", message, StringComparison.Ordinal);
        Assert.Contains(found, message, StringComparison.Ordinal);
    }
}
