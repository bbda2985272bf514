using System.Text;
using AutoGraph.Datasets;
using Xunit;

namespace AutoGraph.Managed.Tests.Datasets;

public sealed class MovieLensTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private void Write1M(string suffix = "")
    {
        _folder.Write("users.dat" + suffix, "1::F::1::10::48067\n2::M::56::16::70072\n");
        _folder.Write("movies.dat" + suffix, "1::Toy Story (1995)::Animation|Children's\n10::Misérables, Les (1998)::Drama\n11::A \"B\": C (Part 2) (1999)::Drama\n");
        _folder.Write("ratings.dat" + suffix, "2::10::4::978300760\n1::1::5::978300275\n1::10::3::978300276\n");
    }

    private void Write100K(string suffix = "")
    {
        _folder.Write("u.genre" + suffix, "unknown|0\nAction|1\nComedy|2\n\n");
        _folder.Write("u.user" + suffix, "1|24|M|technician|85711\n2|7|F|student|T8H1N\n");
        _folder.Write("u.item" + suffix, "1|Fanfan é (1993)|01-Jan-1993||http://x|0|1|1\n267|unknown||||1|0|0\n3|Show (1996) (TV) |26-Apr-1996||http://y|0|0|0\n");
        _folder.Write("u.data" + suffix, "2\t267\t3\t881250949\n1\t1\t4\t891717742\n");
    }

    [Theory]
    [InlineData("")]
    [InlineData(".gz")]
    public void Read_1M_GivesTypedRowsInFileOrder(string suffix)
    {
        Write1M(suffix);
        var data = MovieLens.Read(_folder.Path);
        Assert.Equal("MovieLens-1M", data.Name);
        Assert.Equal([new("2", "10", 4, 978300760), new("1", "1", 5, 978300275), new("1", "10", 3, 978300276)], data.Ratings);
        Assert.Equal([new("1", "F", 1, "K-12 student", "48067"), new("2", "M", 56, "self-employed", "70072")], data.Users);
        Assert.Equal(["Toy Story (1995)", "Misérables, Les (1998)", "A \"B\": C (Part 2) (1999)"], data.Items.Select(item => item.Title));
        Assert.Equal([1995, 1998, 1999], data.Items.Select(item => item.Year));
        Assert.Equal(["Animation", "Children's"], data.Items[0].Genres);
        Assert.Equal(["1", "2"], data.Positives().Interactions.Users.Ids);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".gz")]
    public void Read_Latest_GivesTypedRowsInFileOrder(string suffix)
    {
        WriteLatest(suffix);
        var data = MovieLens.Read(_folder.Path);
        Assert.Equal("MovieLens-latest", data.Name);
        Assert.Equal([new("2", "10", 3.5f, 1147880044), new("1", "1", 0.5f, 964982703), new("2", "11", 5, 964982224)], data.Ratings);
        Assert.Equal([new("2", "", null, "", ""), new("1", "", null, "", "")], data.Users);
        Assert.Equal("", data.Users[0].AgeGroup);
        Assert.Equal(["Toy Story (1995)", "Misérables, Les (1998)", "A \"B\" (1999)"], data.Items.Select(item => item.Title));
        Assert.Equal([["Animation", "Children"], ["Drama"], []], data.Items.Select(item => item.Genres));
        Assert.Equal(["2"], data.Positives().Interactions.Users.Ids);
    }

    [Theory]
    [InlineData("userId,movieId,rating,timestamp\n1,1,5.5,1\n", "rating '5.5'")]
    [InlineData("userId,movieId,rating,timestamp\n1,2,5,1\n", "film '2', which the film file lacks")]
    [InlineData("userId,movieId,rating,timestamp\n1,1,5,1.5\n", "timestamp '1.5'")]
    [InlineData("user,movie,rating,timestamp\n", "expected the header")]
    [InlineData("userId,movieId,rating,timestamp\n", "found none")]
    public void Read_LatestWithABadLine_NamesIt(string ratings, string expected)
    {
        WriteLatest();
        _folder.Write("ratings.csv", ratings);
        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => MovieLens.Read(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_SeveralFormatsInOneFolder_NamesThem()
    {
        WriteLatest();
        Write1M();
        Assert.Contains("'ratings.dat' (1M), 'ratings.csv' (latest)", Assert.Throws<InvalidDataException>(() => MovieLens.Read(_folder.Path)).Message, StringComparison.Ordinal);
    }

    private void WriteLatest(string suffix = "")
    {
        _folder.Write("movies.csv" + suffix, "movieId,title,genres\r\n1,Toy Story (1995),Animation|Children\r\n10,\"Mis\u00c3\u00a9rables, Les (1998)\",Drama\r\n11,\"A \"\"B\"\" (1999)\",(no genres listed)\r\n");
        _folder.Write("ratings.csv" + suffix, "userId,movieId,rating,timestamp\r\n2,10,3.5,1147880044\r\n1,1,0.5,964982703\r\n2,11,5.0,964982224\r\n");
    }

    [Theory]
    [InlineData("")]
    [InlineData(".gz")]
    public void Read_100K_GivesTypedRowsInFileOrder(string suffix)
    {
        Write100K(suffix);
        var data = MovieLens.Read(_folder.Path);
        Assert.Equal("MovieLens-100K", data.Name);
        Assert.Equal([new("2", "267", 3, 881250949), new("1", "1", 4, 891717742)], data.Ratings);
        Assert.Equal([new("1", "M", 24, "technician", "85711"), new("2", "F", 7, "student", "T8H1N")], data.Users);
        Assert.Equal(["Fanfan é (1993)", "unknown", "Show (1996) (TV)"], data.Items.Select(item => item.Title));
        Assert.Equal([1993, null, 1996], data.Items.Select(item => item.Year));
        Assert.Equal(["Action", "Comedy"], data.Items[0].Genres);
        Assert.Equal(["unknown"], data.Items[1].Genres);
        Assert.Empty(data.Items[2].Genres);
    }

    [Theory]
    [InlineData(1, "under 18")]
    [InlineData(17, "under 18")]
    [InlineData(18, "18-24")]
    [InlineData(34, "25-34")]
    [InlineData(45, "45-49")]
    [InlineData(50, "50-55")]
    [InlineData(56, "56+")]
    public void AgeGroup_FitsBothFormats(int age, string expected) => Assert.Equal(expected, new MovieLensUser("1", "F", age, "x", "y").AgeGroup);

    [Fact]
    public void Read_WindowsLineEnds_AreTheSame()
    {
        Write1M();
        _folder.Write("ratings.dat", "2::10::4::978300760\r\n1::1::5::978300275\r\n");
        Assert.Equal([978300760L, 978300275], MovieLens.Read(_folder.Path).Ratings.Select(row => row.Timestamp));
    }

    [Theory]
    [InlineData("ratings.dat", "1::1::5::9\n1::1::5\n", 2, "3 field(s): '1::1::5'")]
    [InlineData("ratings.dat", "1::1::5::9\n\n1::1::x::9\n", 3, "rating 'x'")]
    [InlineData("ratings.dat", "1::1::6::9\n", 1, "rating '6'")]
    [InlineData("ratings.dat", "1::1::5::noon\n", 1, "timestamp 'noon'")]
    [InlineData("ratings.dat", "1::1::5::9\n9::1::5::9\n", 2, "user '9', whom the user file lacks")]
    [InlineData("ratings.dat", "1::99::5::9\n", 1, "film '99', which the film file lacks")]
    [InlineData("ratings.dat", "1,1,5,9\n", 1, "1 field(s): '1,1,5,9'")]
    [InlineData("users.dat", "1::F::1::10::0\n2::X::1::10::0\n", 2, "gender 'X'")]
    [InlineData("users.dat", "1::F::1::21::0\n", 1, "occupation '21'")]
    [InlineData("users.dat", "::F::1::1::0\n", 1, "an empty user id")]
    [InlineData("movies.dat", "1::Toy Story (1995)\n", 1, "2 field(s)")]
    [InlineData("movies.dat", "1::Toy Story (1995)::\n", 1, "an empty genre list")]
    public void Read_1M_GarbledLine_NamesFileLineExpectedAndFound(string file, string text, int line, string found)
    {
        Write1M();
        _folder.Write(file, text);
        AssertNames(file, line, found);
    }

    [Theory]
    [InlineData("u.data", "1 1 4 9\n", 1, "1 field(s)")]
    [InlineData("u.item", "1|T|d||u|0|1\n", 1, "7 field(s)")]
    [InlineData("u.item", "1|T|d||u|0|1|2\n", 1, "flag of genre 'Comedy' '2'")]
    [InlineData("u.user", "1|old|M|x|0\n", 1, "age 'old'")]
    [InlineData("u.genre", "unknown|0\nAction|2\n", 2, "number 2 where 1 was due")]
    public void Read_100K_GarbledLine_NamesFileLineExpectedAndFound(string file, string text, int line, string found)
    {
        Write100K();
        _folder.Write(file, text);
        AssertNames(file, line, found);
    }

    private void AssertNames(string file, int line, string found)
    {
        var error = Assert.Throws<InvalidDataException>(() => MovieLens.Read(_folder.Path));
        Assert.Contains($"{file}, line {line}: expected '", error.Message, StringComparison.Ordinal);
        Assert.Contains(found, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("users.dat", "1::F::1::10::0\n1::M::1::10::0\n", "'1' in rows 0 and 1")]
    [InlineData("movies.dat", "", "empty file")]
    [InlineData("ratings.dat", "\n", "empty file")]
    public void Read_DuplicateIdOrEmptyFile_SaysSo(string file, string text, string found)
    {
        Write1M();
        _folder.Write(file, text);
        var error = Assert.Throws<InvalidDataException>(() => MovieLens.Read(_folder.Path));
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
        Assert.Contains(found, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("users.dat")]
    [InlineData("movies.dat")]
    public void Read_1M_MissingFile_NamesIt(string file)
    {
        Write1M();
        File.Delete(Path.Combine(_folder.Path, file));
        var error = Assert.Throws<FileNotFoundException>(() => MovieLens.Read(_folder.Path));
        Assert.Contains($"'{file}' or '{file}.gz'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ForeignFolder_NamesAllFormats()
    {
        _folder.Write("ratings.tsv", "userId\tmovieId\n");
        var error = Assert.Throws<FileNotFoundException>(() => MovieLens.Read(_folder.Path));
        Assert.Contains("'u.data'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'ratings.dat'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'ratings.csv'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NoFolderOrTwoDataSets_Throws()
    {
        Assert.Throws<DirectoryNotFoundException>(() => MovieLens.Read(Path.Combine(_folder.Path, "absent")));
        Write1M();
        Write100K();
        Assert.Throws<InvalidDataException>(() => MovieLens.Read(_folder.Path));
    }

    [Fact]
    public void Read_TruncatedGzip_SaysSo()
    {
        Write1M(".gz");
        var lines = new StringBuilder();
        for (int i = 0; i < 20_000; i++) lines.Append("1::1::5::").Append(i * 7919 % 1_000_003).Append('\n');
        string path = _folder.Write("ratings.dat.gz", lines.ToString());
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^2000]);
        var error = Assert.Throws<InvalidDataException>(() => MovieLens.Read(_folder.Path));
        Assert.Contains("ratings.dat.gz, after line", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_GzipNameOverPlainContent_SaysSo()
    {
        Write1M();
        File.Move(Path.Combine(_folder.Path, "ratings.dat"), Path.Combine(_folder.Path, "ratings.dat.gz"));
        var error = Assert.Throws<InvalidDataException>(() => MovieLens.Read(_folder.Path));
        Assert.Contains("ratings.dat.gz, after line", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Cancelled_Stops()
    {
        Write1M();
        Assert.Throws<OperationCanceledException>(() => MovieLens.Read(_folder.Path, new CancellationToken(canceled: true)));
    }
}
