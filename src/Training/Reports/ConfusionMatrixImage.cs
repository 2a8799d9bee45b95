using System.Globalization;
using Levee.Models;
using ScottPlot;

namespace Levee.Training;

/// <summary>Draws a confusion matrix.</summary>
internal static class ConfusionMatrixImage
{
    private const int Width = 640;
    private const int Height = 520;

    /// <summary>The picture as PNG.</summary>
    public static byte[] Png(ConfusionMatrix confusion, double threshold)
    {
        using var plot = new Plot();

        // Shares of each actual class, so that the many legitimate rows do not drown the frauds. The first row is drawn on top.
        double legitimate = Math.Max(1, confusion.TrueNegatives + confusion.FalsePositives);
        double frauds = Math.Max(1, confusion.TruePositives + confusion.FalseNegatives);
        long[,] counts = { { confusion.TrueNegatives, confusion.FalsePositives }, { confusion.FalseNegatives, confusion.TruePositives } };
        double[,] shares =
        {
            { confusion.TrueNegatives / legitimate, confusion.FalsePositives / legitimate },
            { confusion.FalseNegatives / frauds, confusion.TruePositives / frauds },
        };
        var map = plot.Add.Heatmap(shares);
        map.Colormap = new ScottPlot.Colormaps.Blues().Reversed();
        map.ManualRange = new ScottPlot.Range(0, 1);
        for (var row = 0; row < 2; row++)
        {
            for (var column = 0; column < 2; column++)
            {
                var text = plot.Add.Text(
                    string.Create(CultureInfo.InvariantCulture, $"{counts[row, column]:N0}\n{shares[row, column]:P1}"), column, 1 - row);
                text.LabelFontSize = 20;
                text.LabelBold = true;
                text.LabelAlignment = Alignment.MiddleCenter;
                text.LabelFontColor = shares[row, column] > 0.5 ? Colors.White : Colors.Black;
            }
        }

        plot.Axes.Bottom.SetTicks([0, 1], ["called legitimate", "called fraud"]);
        plot.Axes.Left.SetTicks([0, 1], ["fraud", "legitimate"]);
        plot.Title(string.Create(CultureInfo.InvariantCulture, $"Confusion matrix at threshold {threshold:0.0000}"));
        plot.HideGrid();
        return plot.GetImageBytes(Width, Height, ImageFormat.Png);
    }
}
