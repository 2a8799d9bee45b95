using System.Globalization;
using System.Net;
using System.Text;

namespace Levee.Training;

/// <summary>A small line chart on the unit square as SVG, with the browser's own fonts, so that the report needs no file beside it.</summary>
internal sealed class SvgChart(string title, string xLabel, string yLabel)
{
    private const int Size = 360;
    private const int Left = 52;
    private const int Top = 34;
    private const int Bottom = 46;
    private const int Right = 14;

    private readonly StringBuilder _marks = new();
    private readonly List<(string Name, string Colour)> _legend = [];

    /// <summary>A line through points of the unit square.</summary>
    public SvgChart Line(string name, string colour, IEnumerable<(double X, double Y)> points)
    {
        var path = string.Join(' ', points.Select(point => $"{Number(X(point.X))},{Number(Y(point.Y))}"));
        _marks.Append(CultureInfo.InvariantCulture, $"<polyline points=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>");
        _legend.Add((name, colour));
        return this;
    }

    /// <summary>A dashed line that shows what chance, or perfection, would be.</summary>
    public SvgChart Reference((double X, double Y) from, (double X, double Y) to)
    {
        _marks.Append(CultureInfo.InvariantCulture,
            $"<line x1=\"{Number(X(from.X))}\" y1=\"{Number(Y(from.Y))}\" x2=\"{Number(X(to.X))}\" y2=\"{Number(Y(to.Y))}\" stroke=\"#999\" stroke-dasharray=\"4 4\"/>");
        return this;
    }

    /// <summary>Dots, each with a text that the browser shows.</summary>
    public SvgChart Dots(string name, string colour, IEnumerable<(double X, double Y, string Text)> points)
    {
        foreach (var (x, y, text) in points)
        {
            _marks.Append(CultureInfo.InvariantCulture,
                $"<circle cx=\"{Number(X(x))}\" cy=\"{Number(Y(y))}\" r=\"4\" fill=\"{colour}\"><title>{WebUtility.HtmlEncode(text)}</title></circle>");
        }

        _legend.Add((name, colour));
        return this;
    }

    /// <summary>The chart.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        var (width, height) = (Left + Size + Right, Top + Size + Bottom);
        text.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {width} {height}\" width=\"{width}\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(title)}\">");
        text.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left}\" y=\"20\" class=\"t\">{WebUtility.HtmlEncode(title)}</text>");
        for (var i = 0; i <= 5; i++)
        {
            var tick = i / 5.0;
            text.Append(CultureInfo.InvariantCulture,
                $"<line x1=\"{Number(X(tick))}\" y1=\"{Top}\" x2=\"{Number(X(tick))}\" y2=\"{Top + Size}\" class=\"g\"/><line x1=\"{Left}\" y1=\"{Number(Y(tick))}\" x2=\"{Left + Size}\" y2=\"{Number(Y(tick))}\" class=\"g\"/>");
            text.Append(CultureInfo.InvariantCulture,
                $"<text x=\"{Number(X(tick))}\" y=\"{Top + Size + 16}\" text-anchor=\"middle\">{tick:0.0}</text><text x=\"{Left - 6}\" y=\"{Number(Y(tick) + 4)}\" text-anchor=\"end\">{tick:0.0}</text>");
        }

        text.Append(_marks);
        text.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left + (Size / 2)}\" y=\"{height - 8}\" text-anchor=\"middle\">{WebUtility.HtmlEncode(xLabel)}</text>");
        text.Append(CultureInfo.InvariantCulture,
            $"<text transform=\"translate(14 {Top + (Size / 2)}) rotate(-90)\" text-anchor=\"middle\">{WebUtility.HtmlEncode(yLabel)}</text>");
        for (var i = 0; i < _legend.Count; i++)
        {
            var y = Top + 16 + (18 * i);
            text.Append(CultureInfo.InvariantCulture,
                $"<rect x=\"{Left + 12}\" y=\"{y - 9}\" width=\"14\" height=\"4\" fill=\"{_legend[i].Colour}\"/><text x=\"{Left + 32}\" y=\"{y}\">{WebUtility.HtmlEncode(_legend[i].Name)}</text>");
        }

        return text.Append("</svg>").ToString();
    }

    private static double X(double value) => Left + (Math.Clamp(value, 0, 1) * Size);

    private static double Y(double value) => Top + ((1 - Math.Clamp(value, 0, 1)) * Size);

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
