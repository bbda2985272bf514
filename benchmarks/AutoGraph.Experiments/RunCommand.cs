using System.CommandLine;

namespace AutoGraph.Experiments;

/// <summary>One run.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var arguments = new RunArguments();
        var command = new Command("run", "Train and test one method on one data set under the paper's protocol");
        foreach (var option in arguments.All) command.Add(option);
        command.SetAction((parsed, cancellation) => Run.ExecuteAsync(arguments.Read(parsed), cancellation));
        return command;
    }

    /// <summary>The name of a value on the command line and in results.</summary>
    internal static string Name<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}
