namespace AutoGraph.Experiments;

/// <summary>How a command ends: errors that name what to do go to standard error as one message.</summary>
internal static class Outcome
{
    private const int Failed = 1, Stopped = 130;

    /// <returns>What the work returned; 1 after an error of input, files or training; 130 where it was stopped.</returns>
    public static async Task<int> OfAsync(Func<Task<int>> work)
    {
        try
        {
            return await work();
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("Stopped. What is done is kept; the same command goes on from there.");
            return Stopped;
        }
        catch (Exception e) when (e is ArgumentException or IOException or InvalidDataException or InvalidOperationException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(e.Message);
            return Failed;
        }
    }
}
