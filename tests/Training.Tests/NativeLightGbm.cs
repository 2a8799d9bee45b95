using System.Runtime.InteropServices;
using System.Text;

namespace Levee.Training.Tests;

/// <summary>LightGBM through its C interface: trains with parameters that ML.NET does not offer, and predicts in double.</summary>
internal static partial class NativeLightGbm
{
    private const string Library = "lib_lightgbm";
    private const int Float32 = 0;

    public static string Train(float[] rows, int columns, float[] labels, string parameters, int iterations) =>
        LightGbmGate.Run(() => TrainAlone(rows, columns, labels, parameters, iterations), CancellationToken.None);

    public static double[] Predict(string model, float[] rows, int columns) =>
        LightGbmGate.Run(() => PredictAlone(model, rows, columns), CancellationToken.None);

    private static string TrainAlone(float[] rows, int columns, float[] labels, string parameters, int iterations)
    {
        Check(LGBM_DatasetCreateFromMat(rows, Float32, labels.Length, columns, 1, parameters, 0, out var dataset));
        Check(LGBM_DatasetSetField(dataset, "label", labels, labels.Length, Float32));
        Check(LGBM_BoosterCreate(dataset, parameters, out var booster));
        for (var i = 0; i < iterations; i++)
        {
            Check(LGBM_BoosterUpdateOneIter(booster, out _));
        }

        var buffer = new byte[8 * 1024 * 1024];
        Check(LGBM_BoosterSaveModelToString(booster, 0, -1, 0, buffer.Length, out var length, buffer));
        Check(LGBM_BoosterFree(booster));
        Check(LGBM_DatasetFree(dataset));
        return Encoding.ASCII.GetString(buffer, 0, (int)length - 1);
    }

    private static double[] PredictAlone(string model, float[] rows, int columns)
    {
        Check(LGBM_BoosterLoadModelFromString(model, out _, out var booster));
        var result = new double[rows.Length / columns];
        Check(LGBM_BoosterPredictForMat(booster, rows, Float32, result.Length, columns, 1, 0, 0, -1, "", out _, result));
        Check(LGBM_BoosterFree(booster));
        return result;
    }

    private static void Check(int status)
    {
        if (status != 0)
        {
            throw new InvalidOperationException(Marshal.PtrToStringUTF8(LGBM_GetLastError()));
        }
    }

    [LibraryImport(Library)]
    private static partial nint LGBM_GetLastError();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LGBM_DatasetCreateFromMat(
        float[] data, int type, int rows, int columns, int rowMajor, string parameters, nint reference, out nint dataset);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LGBM_DatasetSetField(nint dataset, string field, float[] data, int count, int type);

    [LibraryImport(Library)]
    private static partial int LGBM_DatasetFree(nint dataset);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LGBM_BoosterCreate(nint dataset, string parameters, out nint booster);

    [LibraryImport(Library)]
    private static partial int LGBM_BoosterUpdateOneIter(nint booster, out int finished);

    [LibraryImport(Library)]
    private static partial int LGBM_BoosterSaveModelToString(
        nint booster, int start, int iterations, int importance, long bufferLength, out long length, byte[] buffer);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LGBM_BoosterLoadModelFromString(string model, out int iterations, out nint booster);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LGBM_BoosterPredictForMat(
        nint booster, float[] data, int type, int rows, int columns, int rowMajor, int kind, int start, int iterations, string parameters,
        out long length, double[] result);

    [LibraryImport(Library)]
    private static partial int LGBM_BoosterFree(nint booster);
}
