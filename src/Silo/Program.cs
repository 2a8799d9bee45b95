using Levee.Silo;

return await LeveeSilo.RunAsync(args);
