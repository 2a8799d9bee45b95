using System.Runtime.InteropServices;

namespace Levee.Models;

/// <summary>A split as offsets: the ranks that it reads, the results of its children, and the greatest rank that goes left.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct RankedSplit(int rank, int left, int right, byte limit)
{
    public readonly uint Rank = (uint)rank;
    public readonly ushort Left = (ushort)left;
    public readonly ushort Right = (ushort)right;
    public readonly byte Limit = limit;
}
