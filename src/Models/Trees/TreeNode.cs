using System.Runtime.InteropServices;

namespace Levee.Models;

/// <summary>
/// A node of the compiled ensemble in eight bytes, so that a usual ensemble stays in the processor's nearest caches. Siblings are
/// neighbours: the next node is the left child, plus one unless the value is at most the threshold. A leaf points to itself with an infinite
/// threshold and reads a value that is never NaN, so that a walk may go on past it.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct TreeNode(float threshold, int leftChild, int slot)
{
    /// <summary>Bits of <see cref="Link"/> that hold the slot of the prepared row.</summary>
    public const int SlotBits = 12;

    /// <summary>Most slots a prepared row may have.</summary>
    public const int MaxSlots = 1 << SlotBits;

    /// <summary>Most nodes an ensemble may have.</summary>
    public const int MaxNodes = 1 << (32 - SlotBits);

    public readonly float Threshold = threshold;

    public readonly uint Link = ((uint)leftChild << SlotBits) | (uint)slot;

    public int LeftChild => (int)(Link >> SlotBits);

    public int Slot => (int)(Link & (MaxSlots - 1));
}
