namespace Levee.Storage.Tests.Orleans;

public interface ITestGrain : IGrainWithStringKey
{
    Task<int> AddAsync();

    Task RemindAsync(string name);

    Task<IReadOnlyList<string>> ReadRemindersAsync();

    Task ForgetAsync(string name);

    Task<string> WhereAsync();
}
