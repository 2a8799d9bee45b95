using System.Globalization;
using Levee.Api.Contracts;
using Levee.Api.OpenApi;
using Levee.Api.Security;
using Levee.Grains;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;

namespace Levee.Api.Endpoints;

/// <summary>GET /customers/{id}/features.</summary>
internal static class CustomerEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/customers/{id}/features", GetFeaturesAsync)
            .Requires(AccessRoles.Score)
            .Describe("Customers", "Features of a customer", "The customer's window features as they are now. A customer that sent nothing has sequence 0.")
            .WithParameter("id", "The customer.", 42, new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int64", Minimum = "1" })
            .ProducesProblems(400, 503);

    private static async Task<Results<Ok<CustomerFeaturesAnswer>, ProblemHttpResult>> GetFeaturesAsync(
        string id, Cluster cluster, IOptions<ApiOptions> options, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var customerId) || customerId <= 0)
        {
            return Problems.Invalid("id", "expected an integer from 1 to 9223372036854775807");
        }

        var features = await cluster.Get<ICustomerGrain>(customerId).GetFeatures()
            .WaitAsync(options.Value.RequestTimeout, time, cancellationToken);
        return TypedResults.Ok(CustomerFeaturesAnswer.From(features));
    }
}
