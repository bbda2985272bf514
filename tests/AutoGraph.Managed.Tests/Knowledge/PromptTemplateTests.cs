using System.Security.Cryptography;
using AutoGraph.Semantics.Prompting;
using Xunit;

namespace AutoGraph.Managed.Tests.Knowledge;

public class PromptTemplateTests
{
    private static Dictionary<string, object?> Row(params (string Column, object? Value)[] cells) => cells.ToDictionary(c => c.Column, c => c.Value);

    [Fact]
    public void Render_ValuesOfAllKinds_ReadAsPeopleWriteThem()
    {
        var template = new PromptTemplate("t", 1, "{A} | {B} | {C} | {D} | {E} | {F} | {{G}} | {H}");
        var text = template.Render(Row(("A", "  two\n lines "), ("B", new[] { "x", "", "y" }), ("C", 1.5), ("D", null), ("E", float.NaN), ("F", "te\0xt\u001F".AsMemory()), ("H", true)));
        Assert.Equal("two lines | x, y | 1.5 | unknown | unknown | te xt | {G} | true", text);
    }

    [Fact]
    public void Render_NumberedList_ShowsTheFirstOnes()
    {
        var row = Row(("History", new[] { "Heat", "Alien", "Brazil" }), ("None", Array.Empty<string>()));
        Assert.Equal("1. Heat\n2. Alien", new PromptTemplate("t", 1, "{History:numbered 2}").Render(row));
        Assert.Equal("1. Heat\n2. Alien\n3. Brazil", new PromptTemplate("t", 1, "{ History : numbered }").Render(row));
        Assert.Equal("unknown", new PromptTemplate("t", 1, "{None:numbered 2}").Render(row));
    }

    [Fact]
    public void Render_AllOthers_ListsColumnsThatAreNotNamed()
    {
        var template = new PromptTemplate("t", 1, "Film: {Title}\n{*}", "Go.");
        Assert.Equal(
            "Film: Heat\nGenres: Crime, Drama\nYear: 1995\n\nGo.",
            template.Render(Row(("Year", 1995), ("Title", "Heat"), ("Genres", new[] { "Crime", "Drama" }), ("Director", " "))));
        Assert.Equal("Film: Heat\n\nGo.", template.Render(Row(("Title", "Heat"))));
        Assert.Equal("Film: Heat", template.RenderFacts(Row(("Title", "Heat"))));
        Assert.Equal("a\n\nb", new PromptTemplate("t", 1, "a\n{*}\n\nb").Render(Row()));
        Assert.Equal("b", new PromptTemplate("t", 1, "{*}\nb").Render(Row()));
    }

    [Fact]
    public void Render_UnknownColumn_ListsTheAvailableOnes()
    {
        var template = new PromptTemplate("mine", 3, "{Titel} of {Year}");
        var error = Assert.Throws<ArgumentException>(() => template.Render(Row(("Title", "Heat"), ("Genres", ""), ("Year", 1995))));
        Assert.Contains("mine/3: expected column Titel, found only Genres, Title, Year", error.Message, StringComparison.Ordinal);
        Assert.Contains("found only none", Assert.Throws<ArgumentException>(() => template.Validate([])).Message, StringComparison.Ordinal);
        template.Validate(["Year", "Titel", "Other"]);
    }

    [Theory]
    [InlineData("{Title")]
    [InlineData("Title}")]
    [InlineData("{}")]
    [InlineData("{Title:bold}")]
    [InlineData("{Title:numbered 0}")]
    [InlineData("{Title:numbered x}")]
    [InlineData("{*:numbered}")]
    public void Constructor_MalformedPlaceholder_IsRefused(string text) =>
        Assert.Contains("Prompt t: expected", Assert.Throws<ArgumentException>(() => new PromptTemplate("t", 1, text)).Message, StringComparison.Ordinal);

    [Fact]
    public void FilmUser_LongHistory_ShowsThirtyTitles()
    {
        var prompt = Prompts.FilmUser.Render(Row(("History", Enumerable.Range(1, 40).Select(i => $"Film {i}")), ("Occupation", "farmer")));
        Assert.StartsWith("A film viewer.\nOccupation: farmer\nFilms liked, earliest first:\n1. Film 1\n2. Film 2\n", prompt, StringComparison.Ordinal);
        Assert.Contains("\n30. Film 30\n\nAnalyse", prompt, StringComparison.Ordinal);
    }

    // A change of wording must raise the version, or answers to the old words would pass for answers to the new ones.
    [Theory]
    [InlineData("film-item/1", "cee889ac0d645724")]
    [InlineData("film-user/1", "5e9ec454c69839b4")]
    [InlineData("book-item/1", "c9385ca9c5392ebe")]
    [InlineData("book-user/1", "67d23bb21aa55a52")]
    [InlineData("product-item/1", "8ca6873e8c9f000c")]
    [InlineData("product-user/1", "d1fb05c9242636ef")]
    [InlineData("music-item/1", "5e62fa149e0bf585")]
    [InlineData("music-user/1", "5aec5c96ab07515d")]
    [InlineData("generic-item/1", "ed56c65cfc3c08f9")]
    [InlineData("generic-user/1", "ad5bf1afc53a6548")]
    public void BuiltIn_Wording_BelongsToItsVersion(string id, string hash)
    {
        var template = Assert.Single(Prompts.All, p => p.Id == id);
        Assert.Equal(hash, Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(template.Text)))[..16]);
    }

    [Fact]
    public void BuiltIn_All_ArePinned() => Assert.Equal(10, Prompts.All.Select(p => p.Id).Distinct().Count());
}
