using System.Reflection;
using System.Text.RegularExpressions;
using AutoGraph.TestKit;
using Xunit;

namespace AutoGraph.Torch.Tests.Documentation;

/// <summary>The names that pages put between backticks exist.</summary>
public sealed partial class DocumentedNamesTests
{
    private static readonly string[] Columns = ["Score", "UserGraphVector", "ItemGraphVector", "GraphScore"];
    private static readonly Type[] Types = [.. OptionsPage.Assemblies.SelectMany(assembly => assembly.GetExportedTypes())];
    private static readonly HashSet<string> Members = [.. Types.SelectMany(MembersOf)];

    [Fact]
    public void Members_ThatPagesName_Exist()
    {
        var types = Types.Select(type => type.Name).ToHashSet();
        Assert.Empty(Spans(MarkdownPage.All.Where(page => page.Name != "CHANGELOG.md")).Where(span => Member().Match(span.Code) is { Success: true } name && types.Contains(name.Groups["type"].Value) && !Members.Contains(name.Value))
            .Select(span => span.ToString()));
    }

    [Fact]
    public void Names_InTheGlossary_ExistOrAreColumns()
    {
        var known = Types.Select(type => type.Name).Concat(Members).Concat(MembersOf(typeof(AutoGraphCatalog)).Select(name => name.Split('.')[1])).Concat(Columns).ToHashSet();
        var names = Spans([MarkdownPage.At("docs/glossary.md")]).ToArray();
        Assert.True(names.Length > 40, $"Found {names.Length} names: is the page's form still known here?");
        Assert.Empty(names.Where(span => !known.Contains(span.Code)).Select(span => span.ToString()));
    }

    private static IEnumerable<(string Page, int Line, string Code)> Spans(IEnumerable<MarkdownPage> pages) => pages.SelectMany(page => page.CodeSpans.Select(span => (page.Name, span.Line, span.Code)));

    private static IEnumerable<string> MembersOf(Type type) => type.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static).Select(member => $"{type.Name}.{member.Name}");

    [GeneratedRegex(@"^(?<type>[A-Z]\w+)\.[A-Z]\w+")]
    private static partial Regex Member();
}
