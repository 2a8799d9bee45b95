using Microsoft.Extensions.Options;

namespace Levee.Grains.Tracking;

/// <summary>Checks what attributes cannot say.</summary>
internal sealed class MlflowOptionsValidator : IValidateOptions<MlflowOptions>
{
    public ValidateOptionsResult Validate(string? name, MlflowOptions options) =>
        options.TrackingUri.Length == 0 || (Uri.TryCreate(options.TrackingUri, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"{MlflowOptions.Section}:TrackingUri expects an http or https URL such as http://mlflow:5000, not '{options.TrackingUri}'.");
}
