using AutoGraph.Semantics.Knowledge;
using Spectre.Console;

namespace Knowledge;

/// <summary>Progress as a bar with the time that is left; lines where there is no terminal.</summary>
internal static class Bar
{
    public static Task<KnowledgeReport> ShowAsync(int rows, Func<IProgress<KnowledgeProgress>, Task<KnowledgeReport>> work) => AnsiConsole.Progress()
        .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn(), new SpinnerColumn())
        .StartAsync(context =>
        {
            var task = context.AddTask("asking", maxValue: rows);
            return work(new Direct(task));
        });

    /// <summary>Unlike <see cref="Progress{T}"/> it keeps the order of reports.</summary>
    private sealed class Direct(ProgressTask task) : IProgress<KnowledgeProgress>
    {
        public void Report(KnowledgeProgress value)
        {
            task.Value = value.Answered + value.Failed;
            task.Description = Markup.Escape($"{value.Answered} of {value.Total} rows, {value.Failed} failed, {value.InputTokens + value.OutputTokens:N0} tokens" +
                (value.Cost is { } cost ? $", cost {cost:0.00##}" : ""));
        }
    }
}
