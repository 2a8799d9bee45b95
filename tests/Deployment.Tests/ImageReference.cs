namespace Levee.Deployment.Tests;

internal static class ImageReference
{
    /// <summary>Whether the image is named with a tag that is not "latest", or with a digest.</summary>
    public static bool HasFixedTag(string image)
    {
        var name = image[(image.LastIndexOf('/') + 1)..];
        var tag = name.Split(':', 2) is [_, var after] ? after : "";
        return tag.Length > 0 && tag != "latest";
    }
}
