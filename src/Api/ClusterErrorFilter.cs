namespace Levee.Api;

/// <summary>Answers with <see cref="ClusterErrors"/> when an endpoint's grain call fails.</summary>
internal sealed class ClusterErrorFilter(ClusterErrors errors) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (OperationCanceledException) when (context.HttpContext.RequestAborted.IsCancellationRequested)
        {
            return Results.Empty;
        }
        catch (Exception e)
        {
            return errors.ToProblem(context.HttpContext, e);
        }
    }
}
