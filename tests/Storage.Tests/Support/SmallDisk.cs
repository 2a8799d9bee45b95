namespace Levee.Storage.Tests.Support;

/// <summary>A disk that takes so many bytes, for all files together, and then refuses in the middle of a write.</summary>
internal sealed class SmallDisk(long free)
{
    private long _free = free;

    public void Free(long bytes) => _free += bytes;

    public Stream Create(string path) => new LimitedFile(this, path);

    private sealed class LimitedFile(SmallDisk disk, string path) : MemoryStream
    {
        private readonly FileStream _file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            var fits = (int)Math.Min(disk._free, buffer.Length);
            disk._free -= fits;
            _file.Write(buffer[..fits]);
            if (fits < buffer.Length)
            {
                throw new IOException("No space left on device");
            }
        }

        protected override void Dispose(bool disposing)
        {
            _file.Dispose();
            base.Dispose(disposing);
        }
    }
}
