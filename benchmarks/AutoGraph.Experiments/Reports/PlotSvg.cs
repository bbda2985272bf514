using System.Globalization;
using System.Xml.Linq;
using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace AutoGraph.Experiments;

/// <summary>Plots as SVG that grows and shrinks with the page. Drawn for 400 pixels, so that letters stay readable on a telephone.</summary>
internal static class PlotSvg
{
    private const double Width = 380, PlotHeight = 260, LineHeight = 34, LegendLine = 20, Margin = 12, Left = 62, Bottom = 44, HalfBar = 0.2, LabelGap = 0.1;
    private const string Font = "sans-serif";
    private const double FontSize = 11;
    private const int LongestLabel = 52;

    // told apart with any colour vision (Okabe and Ito 2008), dark enough on white
    private static readonly OxyColor[] Colors = [OxyColor.Parse("#0072B2"), OxyColor.Parse("#D55E00"), OxyColor.Parse("#007A5A"), OxyColor.Parse("#A8417D"), OxyColor.Parse("#8A6D00"), OxyColor.Parse("#333333"), OxyColor.Parse("#5B4FC4")];
    private static readonly MarkerType[] Markers = [MarkerType.Circle, MarkerType.Triangle, MarkerType.Square, MarkerType.Diamond];
    private static readonly LineStyle[] Lines = [LineStyle.Solid, LineStyle.Dash, LineStyle.Dot, LineStyle.DashDot];

    /// <summary>An svg element whose label is the plot's caption.</summary>
    public static string Draw(Plot plot) => plot switch
    {
        IntervalPlot intervals => Svg(plot, Intervals(intervals), intervals.Marks.Count * LineHeight + Bottom),
        BarPlot bars => Svg(plot, Bars(bars), bars.Bars.Count * LineHeight + Bottom),
        LinePlot lines => Svg(plot, Curves(lines), PlotHeight + lines.Series.Count * LegendLine),
        ScatterPlot scatter => Svg(plot, Points(scatter), PlotHeight + scatter.Series.Count * LegendLine),
        _ => throw new NotSupportedException($"Expected a known plot, found {plot.GetType().Name}."),
    };

    private static PlotModel Intervals(IntervalPlot plot)
    {
        var (least, most) = (plot.Marks.Min(mark => mark.Lower), plot.Marks.Max(mark => mark.Upper));
        double pad = most > least ? 0.05 * (most - least) : Math.Max(1e-6, 0.05 * Math.Abs(most));
        var model = Rows(plot.ValueTitle, [.. plot.Marks.Select(mark => mark.Label)], least - pad, most + pad);
        var points = new ScatterSeries { MarkerType = MarkerType.Circle, MarkerSize = 4, MarkerFill = Colors[0] };
        foreach (var (i, mark) in plot.Marks.Index())
        {
            model.Series.Add(new LineSeries { Color = Colors[0], StrokeThickness = 2, Points = { new(mark.Lower, i), new(mark.Upper, i) } });
            points.Points.Add(new(mark.Value, i));
        }
        model.Series.Add(points);
        return model;
    }

    private static PlotModel Bars(BarPlot plot)
    {
        var (least, most) = (Math.Min(0, plot.Bars.Min(bar => bar.Value)), Math.Max(0, plot.Bars.Max(bar => bar.Value)));
        var model = Rows(plot.ValueTitle, [.. plot.Bars.Select(bar => bar.Label)], least, most > least ? most + 0.05 * (most - least) : 1);
        var bars = new RectangleBarSeries { FillColor = Colors[0], StrokeThickness = 0 };
        foreach (var (i, bar) in plot.Bars.Index()) bars.Items.Add(new(Math.Min(0, bar.Value), i - HalfBar, Math.Max(0, bar.Value), i + HalfBar));
        model.Series.Add(bars);
        return model;
    }

    /// <summary>Lines from top to bottom, each with its label above it: so a label may be as long as the plot is wide.</summary>
    private static PlotModel Rows(string valueTitle, string[] labels, double least, double most)
    {
        var value = Value(AxisPosition.Bottom, valueTitle);
        (value.Minimum, value.Maximum) = (least, most);
        var model = Model(value, new LinearAxis { Position = AxisPosition.Left, StartPosition = 1, EndPosition = 0, IsAxisVisible = false, Minimum = -0.8, Maximum = labels.Length - 0.6 });
        model.PlotMargins = new(Margin, 4, Margin, Bottom);
        foreach (var (i, label) in labels.Index())
            model.Annotations.Add(new TextAnnotation { Text = Short(label), TextPosition = new(least, i - HalfBar - LabelGap), TextHorizontalAlignment = HorizontalAlignment.Left, TextVerticalAlignment = VerticalAlignment.Bottom, StrokeThickness = 0, Padding = new(0) });
        return model;
    }

    private static PlotModel Curves(LinePlot plot)
    {
        var model = Model(Value(AxisPosition.Bottom, plot.XTitle), Value(AxisPosition.Left, plot.YTitle));
        foreach (var (i, series) in plot.Series.Index())
        {
            var line = new LineSeries { Title = Short(series.Name), Color = Color(i), StrokeThickness = 2, LineStyle = Lines[i / Colors.Length % Lines.Length], MarkerType = series.Points.Count == 1 ? MarkerType.Circle : MarkerType.None, MarkerFill = Color(i) };
            line.Points.AddRange(series.Points.Select(point => new DataPoint(point.X, point.Y)));
            model.Series.Add(line);
        }
        return WithLegend(model);
    }

    private static PlotModel Points(ScatterPlot plot)
    {
        var model = Model(Value(AxisPosition.Bottom, plot.XTitle), Value(AxisPosition.Left, plot.YTitle));
        foreach (var (i, series) in plot.Series.Index())
        {
            var points = new ScatterSeries { Title = Short(series.Name), MarkerType = Markers[i % Markers.Length], MarkerSize = 2.5, MarkerFill = Color(i) };
            points.Points.AddRange(series.Points.Select(point => new ScatterPoint(point.X, point.Y)));
            model.Series.Add(points);
        }
        return WithLegend(model);
    }

    /// <summary>What fits across the plot.</summary>
    private static string Short(string label) => label.Length <= LongestLabel ? label : label[..(LongestLabel - 1)] + "…";

    private static OxyColor Color(int series) => Colors[series % Colors.Length];

    private static PlotModel Model(params Axis[] axes)
    {
        var model = new PlotModel { DefaultFont = Font, DefaultFontSize = FontSize, PlotAreaBorderThickness = new(1, 0, 0, 1), Background = OxyColors.White };
        foreach (var axis in axes) model.Axes.Add(axis);
        return model;
    }

    private static PlotModel WithLegend(PlotModel model)
    {
        model.PlotMargins = new(Left, Margin, Margin, Bottom);
        model.Legends.Add(new Legend { LegendPlacement = LegendPlacement.Outside, LegendPosition = LegendPosition.BottomLeft, LegendOrientation = LegendOrientation.Vertical, LegendMargin = 0, LegendPadding = 0, LegendFont = Font, LegendFontSize = FontSize, LegendLineSpacing = 4 });
        return model;
    }

    private static LinearAxis Value(AxisPosition position, string title) => new()
    {
        Position = position, Title = title, MajorGridlineStyle = LineStyle.Solid, MajorGridlineColor = OxyColor.Parse("#E0E0E0"), TickStyle = TickStyle.None, MinimumPadding = 0.05, MaximumPadding = 0.05, StringFormat = "0.####",
    };

    private static string Svg(Plot plot, PlotModel model, double height)
    {
        var exporter = new SvgExporter { Width = Width, Height = height, IsDocument = false };
        var svg = XElement.Parse(exporter.ExportToString(model));
        // clips carry ids that other plots of the page have too, and cut letters that a browser draws wider than OxyPlot measured; axes hold all marks
        svg.Descendants().Where(element => element.Name.LocalName == "defs").Remove();
        foreach (var element in svg.Descendants()) element.SetAttributeValue("clip-path", null);
        svg.SetAttributeValue("width", null);
        svg.SetAttributeValue("height", null);
        svg.SetAttributeValue("viewBox", string.Create(CultureInfo.InvariantCulture, $"0 0 {Width} {height}"));
        svg.SetAttributeValue("role", "img");
        svg.SetAttributeValue("aria-label", plot.Caption);
        return svg.ToString(SaveOptions.DisableFormatting);
    }
}
