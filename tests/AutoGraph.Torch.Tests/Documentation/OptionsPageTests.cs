using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using AutoGraph.TestKit;
using Xunit;

namespace AutoGraph.Torch.Tests.Documentation;

/// <summary>docs/options.md is what the code says, and what comments say of defaults and ranges is true.</summary>
public sealed partial class OptionsPageTests
{
    private const string Rewrite = "AUTOGRAPH_WRITE_PAGES";
    private static readonly string File = Path.Combine(Repository.Root, "docs", "options.md");

    public static TheoryData<string> Names() => new(OptionsPage.Types.Select(type => type.Name));

    [Fact]
    public void Page_OfTheRepository_IsWhatTheCodeSays()
    {
        string page = OptionsPage.Render();
        if (Environment.GetEnvironmentVariable(Rewrite) == "1") System.IO.File.WriteAllText(File, page);
        Assert.True(System.IO.File.ReadAllText(File).ReplaceLineEndings("\n") == page.ReplaceLineEndings("\n"),
            $"docs/options.md is older than the code. Write it anew: {Rewrite}=1 dotnet run -c Release --project tests/AutoGraph.Torch.Tests -- -class \"*{nameof(OptionsPageTests)}\"");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Comments_OnDefaults_AreTrue(string name)
    {
        var type = OptionsPage.Types.Single(type => type.Name == name);
        object made = OptionsPage.New(type);
        Assert.Empty(OptionsPage.PropertiesOf(type).Where(property => !OptionsPage.RequiredBy(type).Contains(property.Name)).Select(property => Contradiction(OptionsPage.Comments.Of(property), property.GetValue(made)) is { } problem ? $"{property.Name}: {problem}" : null).OfType<string>());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Comments_OnRanges_AreTrue(string name)
    {
        var type = OptionsPage.Types.Single(type => type.Name == name);
        if (type.GetMethod("Validate", BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public, []) is not { } validate) return;
        foreach (var property in OptionsPage.PropertiesOf(type))
        {
            if ((Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType) is not { } number || (number != typeof(int) && number != typeof(double))) continue;
            if (Range().Match(OptionsPage.Comments.Of(property)) is not { Success: true } range) continue;
            var (lowest, highest) = (Number(range.Groups["lowest"].Value), Number(range.Groups["highest"].Value));
            double beyond = number == typeof(int) ? 1 : 0.01 * Math.Max(highest - lowest, 1e-9);
            foreach (double value in (double[])[lowest, highest])
                Assert.DoesNotMatch(Regex.Escape(property.Name) + @"( of|: expected) [-\d.eE+]+ to ", Refusal(value));
            foreach (double value in (double[])[lowest - beyond, highest + beyond])
                Assert.Contains(property.Name, Refusal(value), StringComparison.Ordinal);

            string Refusal(double value)
            {
                object made = OptionsPage.New(type);
                property.SetValue(made, Convert.ChangeType(value, number, CultureInfo.InvariantCulture));
                try
                {
                    validate.Invoke(made, null);
                    return "";
                }
                catch (TargetInvocationException error) when (error.InnerException is ArgumentException refusal)
                {
                    return refusal.Message;
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Comments_OnNumbers_SayWhichServe(string name)
    {
        var type = OptionsPage.Types.Single(type => type.Name == name);
        Assert.DoesNotContain(OptionsPage.PropertiesOf(type).Where(property => property.Name != "Seed" && (Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType) is var number && (number == typeof(int) || number == typeof(double))),
            property => !SomeLimit().IsMatch(OptionsPage.Comments.Of(property)));
    }

    [Theory]
    [InlineData("Width. Default 32 (App. D).", 32, true)]
    [InlineData("Width. Default 32.", 33, false)]
    [InlineData("Width.", 32, false)]
    [InlineData("0 (default) is none.", 0.0, true)]
    [InlineData("Rate. Default 1e-3.", 1e-3, true)]
    [InlineData("Rows; default 50,000.", 50_000, true)]
    [InlineData("Stops early. Default true.", false, false)]
    [InlineData("A column. Default null: none.", null, true)]
    [InlineData("A column.", null, true)]
    [InlineData("A column. Default \"Codes\".", "Code", false)]
    public void Contradiction_OfCommentAndValue_IsFound(string comment, object? value, bool agrees) => Assert.Equal(agrees, Contradiction(comment, value) is null);

    private static string? Contradiction(string comment, object? value)
    {
        string? said = StatedBefore().Match(comment) is { Success: true } before ? before.Groups["value"].Value : Stated().Match(comment) is { Success: true } after ? after.Groups["value"].Value : null;
        bool isNothing = value is null or CancellationToken || value is not string && value is IEnumerable list && !list.Cast<object>().Any();
        if (said is null) return isNothing || OptionsPage.Types.Contains(value!.GetType()) ? null : $"expected a comment with the default {value}, found none";
        bool agrees = value switch
        {
            not null when OptionsPage.Types.Contains(value.GetType()) => true,      // in a table of its own
            _ when isNothing => said.StartsWith("null", StringComparison.Ordinal) || said.StartsWith("none", StringComparison.Ordinal),
            string text => said.StartsWith($"\"{text}\"", StringComparison.Ordinal),
            bool flag => said.StartsWith(flag ? "true" : "false", StringComparison.Ordinal),
            TimeSpan span => Duration().Match(said) is { Success: true } duration && Number(duration.Groups["number"].Value) * (duration.Groups["unit"].Value == "s" ? 1 : 60) == span.TotalSeconds,
            Enum named => named.ToString().Split(", ").All(part => said.Contains(part, StringComparison.OrdinalIgnoreCase)),
            IEnumerable numbers => said.StartsWith(string.Join(", ", numbers.Cast<object>()), StringComparison.Ordinal),
            _ => NumberAtStart().Match(said) is { Success: true } number && Number(number.Value) == Convert.ToDouble(value, CultureInfo.InvariantCulture),
        };
        return agrees ? null : $"expected the default {OptionsPage.Default(value)}, found '{said}'";
    }

    private static double Number(string text) => double.Parse(text.Replace(",", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\d( \([^)]+\))? to [\d`]|\d or more|\d or \d|at least \d|above \d|or more, at most \d")]
    private static partial Regex SomeLimit();

    [GeneratedRegex(@"\b[Dd]efault (?<value>.+)")]
    private static partial Regex Stated();

    [GeneratedRegex(@"(?<value>\S+) \(default\)")]
    private static partial Regex StatedBefore();

    [GeneratedRegex(@"^\d[\d,]*(?<!,)(\.\d+)?(e-?\d+)?")]
    private static partial Regex NumberAtStart();

    [GeneratedRegex(@"^(?<number>\d+) (?<unit>s\b|minutes?)")]
    private static partial Regex Duration();

    [GeneratedRegex(@"(?<![\w.])(?<lowest>\d[\d,]*(\.\d+)?(e-?\d+)?) to (?<highest>\d[\d,]*(?<!,)(\.\d+)?(e-?\d+)?)")]
    private static partial Regex Range();
}
