using System.Runtime.InteropServices;

namespace Levee.Models;

/// <summary>
/// A node of the compiled ensemble in eight bytes, so that a usual ensemble stays in the processor's nearest caches. Siblings are
/// neighbours: the next node is the left child, plus one unless the value is at most the threshold. A leaf leads to itself with an infinite
/// threshold and reads a value that is never NaN, so that a walk may go on past it.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct TreeNode(float threshold, int slot, int leftChildDistance)
{
    /// <summary>Most slots a prepared row may have.</summary>
    public const int MaxSlots = ushort.MaxValue + 1;

    /// <summary>Most nodes a tree may have: a child is found by its distance from its parent.</summary>
    public const int MaxTreeNodes = ushort.MaxValue;

    /// <summary>Most nodes an ensemble may have.</summary>
    public const int MaxNodes = 1 << 26;

    public readonly float Threshold = threshold;

    public readonly ushort Slot = (ushort)slot;

    public readonly ushort LeftChildDistance = (ushort)leftChildDistance;
}
