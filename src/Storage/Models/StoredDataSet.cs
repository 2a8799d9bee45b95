namespace Levee.Storage;

/// <summary>The file of a data set in the database, without its bytes.</summary>
/// <param name="Sha256">SHA-256 of its bytes, lower-case hex.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="KeptAt">When it was written.</param>
public sealed record StoredDataSet(string Sha256, long Bytes, DateTimeOffset KeptAt);
