using System.Globalization;
using System.Text;
using System.Text.Json;
using Levee.Cli;

namespace Levee.Simulation.Tests.Cli;

public sealed class BacktestTests : IDisposable
{
    private const string Columns = "customer_id=card,merchant_id=shop,amount=price,timestamp=at,is_fraud=bad";

    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public async Task A_file_with_other_names_is_measured_fold_by_fold()
    {
        await WriteAsync("card,shop,price,at,bad");
        string[] arguments = ["backtest", "--data", _path, "--columns", Columns, "--train-start", "2018-06-05", "--train-days", "3",
            "--delay-days", "2", "--test-days", "3", "--folds", "2", "--step-days", "4"];

        var table = await Run.Of(arguments);
        Assert.Equal((ExitCodes.Success, ""), (table.Code, table.Error));
        Assert.Contains("2018-06-09", table.Output, StringComparison.Ordinal);
        Assert.Contains("mean", table.Output, StringComparison.Ordinal);
        Assert.Contains("Rejected 1 rows: amount", table.Output, StringComparison.Ordinal);

        using var json = JsonDocument.Parse((await Run.Of([.. arguments, "--json", "-"])).Output);
        Assert.Equal(["auc", "average_precision", "card_precision_100", "folds"], json.RootElement.EnumerateObject().Select(one => one.Name));
        Assert.Equal(2, json.RootElement.GetProperty("folds").GetArrayLength());
        Assert.True(json.RootElement.GetProperty("auc").GetProperty("mean").GetDouble() > 0.9);
    }

    [Theory]
    [InlineData("--train-start", "--data", "x.csv")]
    [InlineData("--data", "--train-start", "2018-06-05")]
    [InlineData("--train-start: 'soon'", "--data", "x.csv", "--train-start", "soon")]
    [InlineData("--columns: 'price' is no field", "--data", "x.csv", "--train-start", "2018-06-05", "--columns", "price=amount")]
    [InlineData("--folds must be a number", "--data", "x.csv", "--train-start", "2018-06-05", "--folds", "0")]
    [InlineData("--time-zone: 'Mars'", "--data", "x.csv", "--train-start", "2018-06-05", "--time-zone", "Mars")]
    [InlineData("--without: there is no feature 'luck'", "--data", "x.csv", "--train-start", "2018-06-05", "--without", "luck")]
    public async Task A_wrong_option_is_named(string expected, params string[] arguments)
    {
        var run = await Run.Of(["backtest", .. arguments]);
        Assert.Equal(ExitCodes.Usage, run.Code);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_and_columns_that_are_not_there_are_named()
    {
        var absent = await Run.Of("backtest", "--data", _path + ".absent", "--train-start", "2018-06-05");
        Assert.Equal(ExitCodes.Failure, absent.Code);
        Assert.Contains("--data: There is no file", absent.Error, StringComparison.Ordinal);

        await WriteAsync("customer_id,merchant_id,amount,at,is_fraud");
        var column = await Run.Of("backtest", "--data", _path, "--train-start", "2018-06-05");
        Assert.Equal(ExitCodes.Failure, column.Code);
        Assert.Contains("no column 'timestamp'", column.Error, StringComparison.Ordinal);

        var beyond = await Run.Of("backtest", "--data", _path, "--train-start", "2019-01-01", "--columns", "timestamp=at");
        Assert.Equal(ExitCodes.Failure, beyond.Code);
        Assert.Contains("Fold 1", beyond.Error, StringComparison.Ordinal);
    }

    // Frauds are of large amounts, so that any model finds them.
    private async Task WriteAsync(string header)
    {
        var random = new Random(4);
        var text = new StringBuilder(header).AppendLine();
        for (var i = 0; i < 4_000; i++)
        {
            var time = new DateTime(2018, 6, 1, 0, 0, 0, DateTimeKind.Utc).AddMinutes(i * 5);
            var fraud = random.Next(25) == 0;
            var amount = i == 0 ? 0 : (fraud ? random.Next(20_000, 90_000) : random.Next(100, 15_000)) / 100m;
            text.AppendLine(string.Create(
                CultureInfo.InvariantCulture, $"{random.Next(1, 900)},{random.Next(1, 50)},{amount},{time:yyyy-MM-dd HH:mm:ss},{(fraud ? 1 : 0)}"));
        }

        await File.WriteAllTextAsync(_path, text.ToString());
    }
}
