namespace Levee.Grains.Tracking;

/// <summary>A data set that is kept, without its rows.</summary>
/// <param name="Sha256">SHA-256 of its Parquet file, lower-case hex.</param>
/// <param name="Bytes">Size of the file.</param>
/// <param name="KeptAt">When it was written.</param>
/// <param name="InDatabase">Whether PostgreSQL has it.</param>
/// <param name="OnDisk">Whether there is a copy in the folder.</param>
public sealed record KeptDataSet(string Sha256, long Bytes, DateTimeOffset KeptAt, bool InDatabase, bool OnDisk);
