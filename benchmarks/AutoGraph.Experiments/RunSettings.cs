using System.Globalization;
using System.Reflection;

namespace AutoGraph.Experiments;

/// <summary>Everything that the result of a run depends on, as one line: a result that is kept with another line is not this run's.</summary>
internal static class RunSettings
{
    // where a run reads, writes and tells; what its vectors are made of is said by VectorSettings
    private static readonly string[] Without =
    [
        nameof(RunOptions.Data), nameof(RunOptions.DataRoot), nameof(RunOptions.ItemsKnowledge), nameof(RunOptions.UsersKnowledge), nameof(RunOptions.Encoder), nameof(RunOptions.UserText),
        nameof(RunOptions.UserContent), nameof(RunOptions.Resume), nameof(RunOptions.Threads), nameof(RunOptions.Json), nameof(RunOptions.Cache), nameof(RunOptions.Display),
    ];

    private static readonly PropertyInfo[] Settings = [.. typeof(RunOptions).GetProperties().Where(property => !Without.Contains(property.Name))];

    public static string Of(RunOptions options) => $"{VectorSettings.Of(options)}; {string.Join(", ", Settings.Select(setting => $"{setting.Name} {Text(setting.GetValue(options))}"))}";

    private static string? Text(object? value) => value switch
    {
        null => "by default",
        IEnumerable<int> values => string.Join(" ", values),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };
}
