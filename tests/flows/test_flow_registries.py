import json
def test_x(company):
    s=company.sandbox
    company.good('registry_sync')
    for sysn, kinds in (('severa',('customers','contactpersons','contactcommunications','users','businessunits','products','productcategories','projects','worktypes','addresses')),('poweroffice',('Customers','ContactPersons','ContactDeliveryAddresses','Departments','Employees','Products','ProductGroups','Projects'))):
        for k in kinds:
            rows=s.objects(sysn,k)
            print('####',sysn,k,len(rows),json.dumps(rows[-1],default=str)[:3500])
    print(s.access.keys(), s.access['severa'].keys())
