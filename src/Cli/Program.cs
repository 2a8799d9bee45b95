using Levee.Cli;

return await LeveeCommand.RunAsync(args, Console.Out, Console.Error);
