using AutoGraph.TestKit;
using Xunit;

namespace AutoGraph.Managed.Tests.Documentation;

/// <summary>Links within the repository lead somewhere, and every page can be reached.</summary>
public sealed class LinkTests
{
    [Fact]
    public void Links_WithinTheRepository_LeadToFilesAndHeadings() =>
        Assert.Empty(MarkdownPage.All.SelectMany(page => page.Links.Select(link => Problem(page, link.Target) is { } problem ? $"{page}:{link.Line}: {problem}" : null)).OfType<string>());

    [Fact]
    public void Pages_OfDocs_AreLinkedFromTheirIndex()
    {
        var index = MarkdownPage.At("docs/README.md");
        var linked = index.Links.Select(link => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(index.Path)!, link.Target.Split('#')[0]))).ToHashSet(StringComparer.Ordinal);
        Assert.Empty(MarkdownPage.All.Where(page => page.Name.StartsWith("docs/", StringComparison.Ordinal) && !page.Name.StartsWith("docs/decisions/", StringComparison.Ordinal)
            && page.Name != index.Name && !linked.Contains(page.Path)).Select(page => page.Name));
    }

    [Fact]
    public void Samples_EachOne_HasItsLineInTheReadme()
    {
        string[] samples = [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "samples"), "*.csproj", SearchOption.AllDirectories).Select(project => $"samples/{Path.GetFileNameWithoutExtension(project)}")];
        Assert.Equal(samples.Order(StringComparer.Ordinal), MarkdownPage.At("README.md").Links.Select(link => link.Target).Where(target => target.StartsWith("samples/", StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Pages_EachOne_HasNoPlaceLeftToBeFilled() =>
        Assert.Empty(MarkdownPage.All.Where(page => File.ReadLines(page.Path).Any(line => line.Contains("@@", StringComparison.Ordinal) || line.Contains("TODO", StringComparison.Ordinal))).Select(page => page.Name));

    [Theory]
    [InlineData("# A *b* (c), d_e-f", "a-b-c-d_e-f")]
    [InlineData("### 15 % of [users](x.md)", "15--of-users")]
    public void Anchors_OfHeadings_AreThoseOfGitHub(string heading, string anchor)
    {
        using var folder = new TempFolder();
        File.WriteAllLines(folder.File("page.md"), [heading, "```", "# no heading", "```", heading]);
        Assert.Equal([anchor, $"{anchor}-1"], new MarkdownPage(folder.File("page.md")).Anchors.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Problem_OfBrokenLinks_NamesThem()
    {
        var readme = MarkdownPage.At("README.md");
        Assert.NotNull(Problem(readme, "docs/no-such-page.md"));
        Assert.NotNull(Problem(readme, "#no-such-heading"));
        Assert.NotNull(Problem(readme, "docs/experiments.md#no-such-heading"));
        Assert.Null(Problem(readme, "docs/experiments.md#speed"));
    }

    private static string? Problem(MarkdownPage page, string target)
    {
        if (Uri.TryCreate(target, UriKind.Absolute, out var uri) && !uri.IsFile) return null;
        string[] parts = target.Split('#', 2);
        string path = parts[0].Length == 0 ? page.Path : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page.Path)!, Uri.UnescapeDataString(parts[0])));
        if (!Path.Exists(path)) return $"expected a file at '{target}', found none";
        if (parts.Length == 1) return null;
        return path.EndsWith(".md", StringComparison.Ordinal) && new MarkdownPage(path).Anchors.Contains(parts[1]) ? null : $"expected a heading '#{parts[1]}' for '{target}', found none";
    }
}
