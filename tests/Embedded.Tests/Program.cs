using Levee.Embedded;

// The tests start this program as a process of its own, to kill it. It starts a cluster and lives until its standard input ends.
// Arguments: data folder, "temporary" or "durable". Prints one line: connection string, server's process id; or why there is no server.
try
{
    await using var postgres = await EmbeddedPostgres.StartAsync(
        new EmbeddedPostgresOptions { DataDirectory = args[0], RemoveOnExit = args[1] == "temporary" });
    Console.WriteLine($"{postgres.ConnectionString}\t{postgres.ProcessId}");
    await Console.In.ReadToEndAsync();
}
catch (EmbeddedServerException error)
{
    Console.WriteLine(error.Message);
}
