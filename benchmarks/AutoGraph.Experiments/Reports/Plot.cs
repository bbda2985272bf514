namespace AutoGraph.Experiments;

/// <summary>A plot of a report.</summary>
/// <param name="Caption">What it shows, also for those who cannot see it.</param>
internal abstract record Plot(string Caption);

/// <summary>One line per mark: a point and the interval around it.</summary>
internal sealed record IntervalPlot(string Caption, string ValueTitle, IReadOnlyList<IntervalMark> Marks) : Plot(Caption);

/// <param name="Label">Beside the line.</param>
/// <param name="Value">The point.</param>
/// <param name="Lower">Where the interval begins; the point itself where there is none.</param>
/// <param name="Upper">Where it ends.</param>
internal sealed record IntervalMark(string Label, double Value, double Lower, double Upper);

/// <summary>Lines through points, one per series.</summary>
internal sealed record LinePlot(string Caption, string XTitle, string YTitle, IReadOnlyList<PlotSeries> Series) : Plot(Caption);

/// <summary>Points of several kinds; the axes have no meaning of their own where they have no title.</summary>
internal sealed record ScatterPlot(string Caption, string XTitle, string YTitle, IReadOnlyList<PlotSeries> Series) : Plot(Caption);

internal sealed record PlotSeries(string Name, IReadOnlyList<(double X, double Y)> Points);

/// <summary>Horizontal bars.</summary>
internal sealed record BarPlot(string Caption, string ValueTitle, IReadOnlyList<(string Label, double Value)> Bars) : Plot(Caption);
