using System.CommandLine;

namespace AutoGraph.Experiments;

/// <summary>One run.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var arguments = new RunArguments();
        var command = new Command("run", "Train and test one method on one data set under the paper's protocol");
        foreach (var option in arguments.All)
        {
            option.Required = option.Name == RunArguments.Dataset;
            command.Add(option);
        }
        command.SetAction((parsed, cancellation) => Outcome.OfAsync(async () =>
        {
            var read = arguments.Read(parsed);
            var options = DataRoot.Locate(read, read.Dataset);
            return await RunDisplay.ShowAsync(async display =>
            {
                display.Begin(string.Join(", ", options.Dataset, Name(options.Backbone), Enhancements.Name(options.Enhance)) + $", seed {options.Seed}", 1, 1, null);
                var result = await Run.TrainAndTestAsync(options with { Display = display }, cancellation);
                if (options.Json is null) Console.Out.WriteLine(result.ToJson());
                else result.Write(options.Json.FullName);
                return 0;
            });
        }));
        return command;
    }

    /// <summary>The name of a value on the command line and in results.</summary>
    internal static string Name<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}
